package hal0.tests.sim;

import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.Verdict;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Nothing is believed without evidence: a slot becomes ready only when its last probe found a
 * served model, idle for want of a model only when it found none, both only with a unit that was
 * said to be up, and never by the answer of an earlier run. A stop by somebody else that was heard
 * is not taken for a death.
 */
final class EvidenceRule implements Rule {
  private final SlotWorld world;
  private final Map<UnitName, String> invocations = new TreeMap<>();
  private final Map<UnitName, String> stopped = new TreeMap<>();

  EvidenceRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void booted() {
    invocations.clear();
    stopped.clear();
  }

  @Override
  public void statusTold(UnitName unit, UnitStatus status) {
    if (!status.invocationId().isEmpty()) {
      invocations.put(unit, status.invocationId());
    }
  }

  @Override
  public void jobHeard(UnitName unit, int life, String type, String invocation) {
    if (life == FakeSystemd.PERSON && type.equals("stop")) {
      stopped.put(unit, invocation);
    } else {
      stopped.remove(unit);
    }
  }

  @Override
  public void happened(SlotEvent event) {
    UnitName unit = UnitName.ofSlot(event.slot());
    Optional<UnitStatus> status =
        Optional.ofNullable(world.connection().told().get(unit)).map(told -> told.status());
    boolean wasLive = event.from().isLive();
    if (event.to() == SlotState.READY
        && event.from() != SlotState.SERVING
        && event.reason() != Reason.REQUEST) {
      need(event, status, Verdict.SERVING);
    } else if (event.to() == SlotState.IDLE && !wasLive) {
      need(event, status, Verdict.NO_MODEL);
    } else if (wasLive && event.to() == SlotState.ERROR && event.reason() == Reason.UNIT_DIED) {
      String invocation = invocations.getOrDefault(unit, "?");
      boolean isDown = status.filter(one -> one.activeState() == ActiveState.INACTIVE).isPresent();
      if (isDown && invocation.equals(stopped.get(unit))) {
        throw new Violation("stop", "somebody's stop was heard, and yet " + event);
      }
    }
  }

  private void need(SlotEvent event, Optional<UnitStatus> status, Verdict verdict) {
    FakeProbe.Told probe = world.probe().told().get(event.slot());
    if (probe == null || probe.result().verdict() != verdict) {
      throw new Violation(
          "evidence", event + " after the probe " + (probe == null ? "none" : probe.result()));
    }
    if (status.filter(UnitStatus::isUp).isEmpty()) {
      throw new Violation("evidence", event + " while the unit was said to be " + status);
    }
    if (world.systemd().isEarlier(probe.invocation(), status.get().invocationId())) {
      throw new Violation("evidence", event + " by the answer of an earlier run");
    }
  }
}
