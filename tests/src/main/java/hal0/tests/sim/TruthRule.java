package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.Verdict;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * When nothing has been wrong for minutes, each slot's state is what systemd and the upstream say.
 */
final class TruthRule implements Rule {
  private final SlotWorld world;

  TruthRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void settled() {
    for (String slot : world.slots()) {
      Optional<SlotView> view = world.view(slot);
      SlotState state = view.map(SlotView::state).orElse(SlotState.OFFLINE);
      Reason reason = view.map(SlotView::reason).orElse(Reason.NEW);
      UnitStatus unit = world.systemd().status(UnitName.ofSlot(slot));
      Verdict verdict = verdict(slot);
      if (!allowed(unit, verdict, reason).contains(state)) {
        throw new Violation(
            "truth",
            slot
                + " is "
                + view
                + " in the end, but systemd says "
                + unit
                + ", the upstream "
                + verdict);
      }
      boolean routable = view.filter(SlotView::routable).isPresent();
      if (routable != (state.isLive() && verdict == Verdict.SERVING)) {
        throw new Violation(
            "truth",
            slot
                + " is "
                + (routable ? "" : "not ")
                + "routable in the end: "
                + view
                + " "
                + verdict);
      }
    }
  }

  private Verdict verdict(String slot) {
    Optional<FakeProcess> process = world.process(slot);
    return process.isEmpty()
        ? Verdict.UNREACHABLE
        : process.get().answer(world.clock().nanos(), false).verdict();
  }

  /** The states that fit what is. */
  private static Set<SlotState> allowed(UnitStatus unit, Verdict verdict, Reason reason) {
    if (unit.activeState() == ActiveState.FAILED) {
      return EnumSet.of(SlotState.ERROR);
    }
    if (unit.isDown()) {
      return EnumSet.of(SlotState.OFFLINE, SlotState.ERROR);
    }
    if (!unit.isUp()) {
      return EnumSet.of(SlotState.STARTING, SlotState.ERROR);
    }
    return switch (verdict) {
      case SERVING ->
          reason == Reason.STOP_FAILED
              ? EnumSet.of(SlotState.ERROR)
              : EnumSet.of(SlotState.READY, SlotState.IDLE);
      case NO_MODEL -> EnumSet.of(SlotState.IDLE, SlotState.ERROR);
      // Found running and never well: there is no evidence for anything, and no edge but the start
      // that was not seen.
      default -> EnumSet.of(SlotState.ERROR, SlotState.OFFLINE);
    };
  }
}
