package hal0.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.api.FakeSlots;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.systemd.UnitStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rule of the node's readiness, cell by cell. */
class ReadinessTest {
  private static final Readiness.Required GOOD =
      new Readiness.Required("good", "ready", true, true);
  private static final Readiness.Required BAD = new Readiness.Required("bad", "error", true, false);
  private static final Readiness.Required YOUNG =
      new Readiness.Required("young", "warming", false, false);

  /** Found routable, but not yet said to be at rest: it counts as not at rest. */
  private static final Readiness.Required EARLY =
      new Readiness.Required("early", "idle", false, true);

  @Test
  void theTable() {
    List<Readiness.Required> kinds = List.of(GOOD, BAD, YOUNG, EARLY);
    int cells = 0;
    for (Readiness.Link link : Readiness.Link.values()) {
      for (int choice = 0; choice < 16; choice++) {
        List<Readiness.Required> required = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
          if ((choice & 1 << i) != 0) {
            required.add(kinds.get(i));
          }
        }
        assertThat(Readiness.of(link, required))
            .as("%s %s", link, required)
            .isEqualTo(expected(link, required));
        cells++;
      }
    }
    assertThat(cells).isEqualTo(48);
  }

  /** The contract's table, written down again. */
  private static Readiness expected(Readiness.Link link, List<Readiness.Required> required) {
    if (link != Readiness.Link.UP) {
      return link == Readiness.Link.DOWN
          ? new Readiness(
              NodeState.UNAVAILABLE, "backend init failed: systemd cannot be reached", false)
          : new Readiness(NodeState.INITIALIZING, "connecting to systemd", false);
    }
    boolean young = required.contains(YOUNG);
    boolean early = required.contains(EARLY);
    if (young || early) {
      String who =
          young && early
              ? "young (warming), early (idle)"
              : young ? "young (warming)" : "early (idle)";
      return new Readiness(NodeState.INITIALIZING, "waiting for " + who, true);
    }
    if (!required.contains(BAD)) {
      return new Readiness(NodeState.READY, "", true);
    }
    return required.contains(GOOD)
        ? new Readiness(NodeState.DEGRADED, "not available: bad (error)", true)
        : new Readiness(NodeState.UNAVAILABLE, "none is available: bad (error)", true);
  }

  @Test
  void whichSlotsAreRequired() {
    SlotView enabled = slot("enabled", SlotState.READY, Reason.LOADED);
    SlotView disabled = Views.disabled(slot("disabled", SlotState.ERROR, Reason.UNIT_DIED));
    SlotView broken = Views.broken(slot("broken", SlotState.OFFLINE, Reason.NEW));
    SlotView foreign = Views.broken(slot("foreign", SlotState.READY, Reason.ADOPTED));
    SlotView wakes = Views.waking(slot("wakes", SlotState.OFFLINE, Reason.REQUESTED));
    List<SlotView> views = List.of(enabled, disabled, broken, foreign, wakes);
    Set<String> settled = Set.of("enabled", "broken", "wakes");

    List<Readiness.Required> required =
        new Requirements(List.of("absent"), name -> !name.equals("foreign")).of(views, settled);

    assertThat(required)
        .containsExactly(
            new Readiness.Required("absent", "no such slot", true, false),
            new Readiness.Required("broken", "offline, its file cannot be used", true, false),
            new Readiness.Required("enabled", "ready", true, true),
            new Readiness.Required("wakes", "offline", true, true));
    assertThat(new Requirements(List.of("disabled"), name -> false).of(views, settled))
        .extracting(Readiness.Required::name)
        .containsExactly("disabled", "enabled", "wakes");
  }

  @Test
  void whatIsAnOutcome() {
    Map<SlotState, Boolean> found = new EnumMap<>(SlotState.class);
    for (SlotState state : SlotState.values()) {
      found.put(state, Requirements.isOutcome(slot("one", state, Reason.LOADED)));
    }
    assertThat(found)
        .containsExactlyInAnyOrderEntriesOf(
            new EnumMap<>(
                Map.of(
                    SlotState.OFFLINE, true,
                    SlotState.PULLING, false,
                    SlotState.STARTING, false,
                    SlotState.WARMING, false,
                    SlotState.READY, true,
                    SlotState.SERVING, true,
                    SlotState.IDLE, true,
                    SlotState.UNLOADING, false,
                    SlotState.ERROR, true)));
  }

  @Test
  void whatIsOnlyRememberedIsNoOutcome() {
    SlotView ready = slot("one", SlotState.READY, Reason.LOADED);
    SlotView offline = slot("one", SlotState.OFFLINE, Reason.REQUESTED);
    UnitStatus up = ready.unit().orElseThrow();

    assertThat(Requirements.isOutcome(Views.unseen(ready))).as("never looked at").isFalse();
    assertThat(Requirements.isOutcome(Views.stale(offline))).as("looked at long ago").isFalse();
    assertThat(Requirements.isOutcome(Views.notRoutable(ready, Reason.LOADED)))
        .as("found live, not yet probed")
        .isFalse();
    assertThat(Requirements.isOutcome(Views.notRoutable(ready, Reason.DRAINING)))
        .as("drains")
        .isTrue();
    assertThat(Requirements.isOutcome(Views.withUnit(offline, Optional.of(up))))
        .as("its unit runs, about to be adopted")
        .isFalse();
  }

  private static SlotView slot(String name, SlotState state, Reason reason) {
    return FakeSlots.view(FakeSlots.spec(name, 8101), state, reason, "", "qwen3-4b");
  }
}
