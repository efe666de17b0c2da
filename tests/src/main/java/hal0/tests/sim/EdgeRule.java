package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.SlotState;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Transitions are numbered without a gap, each begins where the last one ended, only edges of the
 * contract are taken, and what is shown is where the last one led.
 */
final class EdgeRule implements Rule {
  private static final Duration FLIP = Duration.ofMillis(200);

  private final SlotWorld world;
  private final Map<String, SlotState> states = new TreeMap<>();
  private final Map<String, Long> at = new TreeMap<>();
  private final Set<String> taken = new TreeSet<>();
  private final Map<String, SlotState> remembered = new TreeMap<>();
  private boolean blind;
  private long seq;

  EdgeRule(SlotWorld world) {
    this.world = world;
  }

  /** Every edge that was taken, with its reason. */
  Set<String> taken() {
    return taken;
  }

  @Override
  public void booted() {
    states.clear();
    seq = 0;
    // A daemon that could not read its records begins with what systemd says.
    blind = !world.store().isWell();
    remembered.clear();
    world.store().records().forEach((slot, record) -> remembered.put(slot, record.state()));
  }

  @Override
  public void happened(SlotEvent event) {
    if (event.seq() != ++seq) {
      throw new Violation("numbers", "event " + event + " follows " + (seq - 1));
    }
    SlotState before = states.getOrDefault(event.slot(), before(event));
    if (event.from() != before) {
      throw new Violation("chain", "it was " + before + " before " + event);
    }
    if (!ContractTable.allows(event.from(), event.to(), event.reason())) {
      throw new Violation("edges", "the contract has no such edge: " + event);
    }
    states.put(event.slot(), event.to());
    at.put(event.slot(), world.clock().nanos());
    taken.add(
        event.from().word() + " -> " + event.to().word() + " (" + event.reason().word() + ")");
  }

  private SlotState before(SlotEvent event) {
    return blind ? event.from() : remembered.getOrDefault(event.slot(), SlotState.OFFLINE);
  }

  /** What comes with every request is told at most ten times a second, and the last one always. */
  private boolean isToCome(String slot, SlotState shown) {
    return Set.of(SlotState.READY, SlotState.SERVING).containsAll(Set.of(shown, states.get(slot)))
        && world.clock().nanos() - at.get(slot) < FLIP.toNanos();
  }

  @Override
  public void stepped() {
    for (Map.Entry<String, SlotState> entry : states.entrySet()) {
      SlotState shown = world.view(entry.getKey()).map(SlotView::state).orElse(SlotState.OFFLINE);
      if (shown != entry.getValue() && !isToCome(entry.getKey(), shown)) {
        throw new Violation(
            "view", entry.getKey() + " is shown " + shown + ", but became " + entry.getValue());
      }
    }
  }
}
