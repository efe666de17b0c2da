package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells those who waited why their command failed, with systemd's facts and the unit's last words.
 */
final class Failures {
  private final UnitName unit;
  private final FleetPorts ports;

  Failures(UnitName unit, FleetPorts ports) {
    this.unit = unit;
    this.ports = ports;
  }

  /**
   * What there is to be told.
   *
   * @param job what systemd said of the start's job, where that tells more than the unit
   * @param pull facts of a pull that failed
   */
  record Case(
      SlotRecord record,
      Optional<UnitStatus> status,
      Optional<JobResult> job,
      Map<String, Object> pull,
      boolean connected) {}

  void tell(List<Asked> waiters, Case what, SlotView view) {
    SlotRecord record = what.record();
    if (waiters.isEmpty()) {
      return;
    }
    if (record.state() != SlotState.ERROR) {
      SlotException why =
          new SlotException.Cancelled(record.name(), record.name() + ": " + record.message());
      waiters.forEach(one -> one.fail(why, view));
      return;
    }
    Map<String, Object> details = details(what);
    if (record.reason() == Reason.PULL_FAILED) {
      // Nothing was started, so that the unit has nothing to say.
      SlotException why = why(record, details, what.connected());
      waiters.forEach(one -> one.fail(why, view));
      return;
    }
    String invocation = what.status().map(UnitStatus::invocationId).orElse("");
    ports
        .tail()
        .tail(unit, invocation)
        .whenComplete(
            (lines, failure) -> {
              if (lines != null && !lines.isEmpty()) {
                details.put("log_tail", List.copyOf(lines));
              }
              SlotException why = why(record, details, what.connected());
              waiters.forEach(one -> one.fail(why, view));
            });
  }

  private static SlotException why(
      SlotRecord record, Map<String, Object> details, boolean connected) {
    String said = record.name() + ": " + record.message();
    return switch (record.reason()) {
      case HEALTH_FAILED, PROBE_FAILED ->
          new SlotException.HealthFailed(record.name(), said, details);
      case STOP_FAILED ->
          connected
              ? new SlotException.StopFailed(record.name(), said, details)
              : new SlotException.Unavailable(record.name(), said);
      case PULL_FAILED -> new SlotException.PullFailed(record.name(), said, details);
      default -> new SlotException.SpawnFailed(record.name(), said, details);
    };
  }

  private static Map<String, Object> details(Case what) {
    SlotRecord record = what.record();
    Map<String, Object> details = new HashMap<>();
    details.put("slot", record.name());
    details.put("state", record.state().word());
    details.put("reason", record.reason().word());
    if (record.reason() == Reason.PULL_FAILED) {
      details.putAll(what.pull());
      return details;
    }
    what.status().ifPresent(unit -> addUnit(details, unit));
    what.job().ifPresent(job -> details.put("result", job.word()));
    return details;
  }

  private static void addUnit(Map<String, Object> details, UnitStatus unit) {
    details.put("result", unit.result());
    details.put("n_restarts", unit.restarts());
    details.put("invocation_id", unit.invocationId());
    unit.exit()
        .ifPresent(
            exit -> {
              details.put("exit_status", exit.status());
              if (exit.bySignal()) {
                details.put("signal", Words.signal(exit.status()));
              }
            });
  }
}
