package hal0.slots.reconcile;

import static hal0.slots.lifecycle.SlotState.ERROR;
import static hal0.slots.lifecycle.SlotState.IDLE;
import static hal0.slots.lifecycle.SlotState.OFFLINE;
import static hal0.slots.lifecycle.SlotState.READY;
import static hal0.slots.lifecycle.SlotState.SERVING;
import static hal0.slots.lifecycle.SlotState.STARTING;
import static hal0.slots.lifecycle.SlotState.WARMING;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The part of the planner that nobody asked for: what systemd and the upstream say against what the
 * record says.
 */
final class Watching {
  /** The reasons of an error whose message tells how the unit ended. */
  private static final Set<Reason> DEATHS =
      EnumSet.of(Reason.UNIT_DIED, Reason.UNIT_FAILED, Reason.SPAWN_FAILED);

  private Watching() {}

  static Decision decide(Facts facts) {
    return switch (facts.record().state()) {
      case OFFLINE, ERROR -> resting(facts);
      case STARTING, WARMING -> walking(facts);
      case READY, SERVING, IDLE -> live(facts);
      case PULLING, UNLOADING -> throw new IllegalStateException("judged elsewhere");
    };
  }

  private static Decision resting(Facts facts) {
    UnitStatus unit = facts.unit().orElseThrow();
    if (unit.isAutoRestarting() || unit.activeState() == ActiveState.FAILED) {
      return restingFailed(facts, unit);
    }
    if (unit.activeState() == ActiveState.INACTIVE) {
      return restingDown(facts);
    }
    if (facts.spec().isEmpty()) {
      return Decision.rest()
          .saying("its unit runs, but there is no usable slot file to probe it by");
    }
    if (unit.activeState() == ActiveState.DEACTIVATING
        || unit.activeState() == ActiveState.MAINTENANCE) {
      return Decision.rest();
    }
    boolean other = facts.record().state() == OFFLINE || facts.isNewInvocation();
    if (unit.isUp() && !(other && facts.seenStart())) {
      return adopt(facts, other);
    }
    return other ? startedByOthers(facts, unit) : Decision.rest();
  }

  private static Decision restingFailed(Facts facts, UnitStatus unit) {
    if (facts.record().state() == OFFLINE) {
      return Decision.observed(ERROR, Reason.UNIT_FAILED, Words.end(unit));
    }
    if (facts.stopSeen() && !unit.isAutoRestarting()) {
      return Decision.observed(OFFLINE, Reason.STOPPED_EXTERNALLY, "stopped by somebody else");
    }
    boolean died = DEATHS.contains(facts.record().reason());
    boolean told = facts.record().message().endsWith(Words.end(unit));
    return told || !died ? down(facts) : down(facts).saying(Words.end(unit));
  }

  private static Decision restingDown(Facts facts) {
    boolean wasUp = facts.record().state() == ERROR && !facts.knownDown();
    if (facts.record().state() == ERROR && facts.stopSeen()) {
      return Decision.observed(OFFLINE, Reason.STOPPED_EXTERNALLY, "stopped by somebody else");
    }
    if (wasUp && !facts.watched()) {
      return Decision.observed(OFFLINE, Reason.STOPPED_EXTERNALLY, "found stopped");
    }
    return down(facts);
  }

  /**
   * A unit that is down, and stays down: its drop-in may be brought up to date. systemd's own
   * restart needs the old.
   */
  private static Decision down(Facts facts) {
    boolean stays = facts.unit().filter(UnitStatus::isDown).isPresent();
    boolean due =
        stays && facts.unitFileDue() && facts.spec().isPresent() && !facts.runs(Step.WRITE_UNIT);
    return due ? Decision.doing(Step.WRITE_UNIT) : Decision.rest();
  }

  private static Decision startedByOthers(Facts facts, UnitStatus unit) {
    if (facts.record().state() == ERROR && unit.restarts() > 0) {
      return Decision.lifecycle(
          STARTING, Reason.RESTARTING, "systemd starts it again, try " + unit.restarts());
    }
    return Decision.lifecycle(
        STARTING, Reason.STARTED_EXTERNALLY, "its unit is being started by somebody else");
  }

  private static Decision adopt(Facts facts, boolean other) {
    if (facts.record().reason() == Reason.STOP_FAILED && !other) {
      return Decision.rest();
    }
    if (facts.serves()) {
      return Decision.observed(READY, Reason.ADOPTED, "found running and serving");
    }
    if (other && facts.isSettledWithoutModel()) {
      return Decision.observed(IDLE, Reason.ADOPTED, "found running without a model");
    }
    if (other && is(facts, Verdict.LOADING)) {
      return Decision.observed(WARMING, Reason.ADOPTED, "found running and loading");
    }
    String said = facts.probe().map(ProbeResult::detail).orElse("");
    Decision on = probing(facts);
    if (facts.record().state() != OFFLINE || said.isEmpty()) {
      return on;
    }
    return on.saying("its unit runs, but cannot be adopted yet: " + said);
  }

  /** Starting or warming, with a command or without one. */
  static Decision walking(Facts facts) {
    UnitStatus unit = facts.unit().orElseThrow();
    SlotState state = facts.record().state();
    boolean asked = facts.goal() instanceof Goal.Load;
    boolean another = state == WARMING ? facts.isNewInvocation() : asked && unit.restarts() > 0;
    if (unit.isDown() || unit.isAutoRestarting() || another) {
      return ended(facts, unit, another);
    }
    if (!unit.isUp()) {
      return facts.isLate() ? graceOver(facts) : Decision.rest().wake(facts.deadline());
    }
    if (state == STARTING) {
      return Decision.lifecycle(
          WARMING, facts.record().reason(), "its unit runs; waiting for the server");
    }
    if (facts.serves()) {
      return Decision.lifecycle(READY, arrived(facts), serving(facts));
    }
    if (facts.isSettledWithoutModel()) {
      return Decision.lifecycle(IDLE, Reason.NO_MODEL, "the server runs without a model");
    }
    if (facts.isLate()) {
      return graceOver(facts);
    }
    Decision on = probing(facts).wake(facts.deadline());
    return facts.probe().isEmpty() ? on : on.saying(facts.probe().get().detail());
  }

  private static Reason arrived(Facts facts) {
    return facts.record().reason() == Reason.ADOPTED ? Reason.ADOPTED : Reason.LOADED;
  }

  private static String serving(Facts facts) {
    String model = facts.servedModel();
    return model.isEmpty() ? "serving" : "serving " + model;
  }

  /** The grace is over: the unit is left running until somebody decides. */
  static Decision graceOver(Facts facts) {
    String last = facts.probe().map(ProbeResult::detail).orElse("nothing was heard of it");
    String grace = facts.spec().map(spec -> Words.time(spec.probe().grace())).orElse("its grace");
    return Decision.lifecycle(
        ERROR, Reason.HEALTH_FAILED, "not ready after " + grace + ": " + last);
  }

  /** A run that ended, or was replaced by another, before it was ready. */
  private static Decision ended(Facts facts, UnitStatus unit, boolean another) {
    if (facts.stopSeen()) {
      return Decision.observed(
          OFFLINE, Reason.STOPPED_EXTERNALLY, "stopped by somebody else while it loaded");
    }
    if (!facts.watched() && unit.activeState() == ActiveState.INACTIVE) {
      return Decision.observed(OFFLINE, Reason.STOPPED_EXTERNALLY, "found stopped");
    }
    boolean asked = facts.goal() instanceof Goal.Load;
    String how =
        another && !unit.isAutoRestarting()
            ? "its process was replaced by another run"
            : Words.end(unit);
    return Decision.lifecycle(
        ERROR, asked ? Reason.SPAWN_FAILED : Reason.UNIT_DIED, "ended while it loaded: " + how);
  }

  private static Decision live(Facts facts) {
    UnitStatus unit = facts.unit().orElseThrow();
    if (unit.activeState() == ActiveState.DEACTIVATING) {
      return Decision.rest();
    }
    boolean another = facts.isNewInvocation() && !facts.knownInvocation().isEmpty();
    if (!unit.isUp() || another) {
      return died(facts, unit);
    }
    return judgeLive(facts);
  }

  private static Decision died(Facts facts, UnitStatus unit) {
    if (facts.stopSeen()) {
      return Decision.observed(OFFLINE, Reason.STOPPED_EXTERNALLY, "stopped by somebody else");
    }
    boolean restarted =
        unit.isUp() || unit.activeState() == ActiveState.ACTIVATING && !unit.isAutoRestarting();
    if (restarted && (facts.watched() || unit.restarts() > 0)) {
      return Decision.observed(ERROR, Reason.UNIT_DIED, "died, and systemd has started it again");
    }
    if (restarted) {
      return Decision.observed(
          OFFLINE,
          Reason.STOPPED_EXTERNALLY,
          "ended while hal0 was away; another run of its unit was found");
    }
    if (!facts.watched() && unit.activeState() == ActiveState.INACTIVE) {
      return Decision.observed(OFFLINE, Reason.STOPPED_EXTERNALLY, "found stopped");
    }
    return Decision.observed(ERROR, Reason.UNIT_DIED, Words.end(unit));
  }

  /** A live slot by its probes alone. */
  static Decision judgeLive(Facts facts) {
    int limit = facts.spec().map(spec -> spec.probe().failures()).orElse(3);
    if (facts.failures() >= limit && facts.isBusy()) {
      return atWork(facts).wake(facts.traffic().patientUntil());
    }
    if (facts.failures() >= limit) {
      String last = facts.probe().map(ProbeResult::detail).orElse("no answer");
      return Decision.lifecycle(
          ERROR, Reason.PROBE_FAILED, facts.failures() + " probes in a row failed: " + last);
    }
    return atWork(facts);
  }

  /** A live slot that is well, or may be: by its requests, and by what it serves. */
  private static Decision atWork(Facts facts) {
    SlotState state = facts.record().state();
    boolean inUse = facts.traffic().inFlight() > 0;
    boolean quiet = state == IDLE && facts.record().reason() == Reason.QUIET;
    if (inUse && (state == READY || quiet)) {
      return Decision.lifecycle(SERVING, Reason.REQUEST, serving(facts));
    }
    if (state == SERVING) {
      return inUse ? probing(facts) : Decision.lifecycle(READY, Reason.LOADED, serving(facts));
    }
    if (state == READY && facts.record().reason() == Reason.DRAINING) {
      // A daemon that drained it has died before it could stop it: nobody wants that any more.
      return probing(facts).saying(Reason.LOADED, serving(facts));
    }
    if (quiet && facts.isSettledWithoutModel()) {
      return probing(facts).saying(Reason.NO_MODEL, "the server has no model any more");
    }
    if (state == READY && facts.isSettledWithoutModel()) {
      return Decision.lifecycle(IDLE, Reason.NO_MODEL, "the server has no model any more");
    }
    if (state == IDLE && facts.serves() && facts.record().reason() != Reason.QUIET) {
      return Decision.lifecycle(READY, Reason.LOADED, serving(facts));
    }
    return quieting(facts, state);
  }

  /**
   * The clocks of quiet: they count from the last use, and the kernel is asked before they strike.
   */
  private static Decision quieting(Facts facts, SlotState state) {
    Decision on = probing(facts);
    Optional<SlotSpec.Idle> idle = facts.spec().map(SlotSpec::idle);
    Duration wait =
        idle.map(one -> state == READY ? one.after() : one.unloadAfter()).orElse(Duration.ZERO);
    if (wait.isZero() || facts.traffic().inFlight() > 0) {
      return on;
    }
    long strikes = facts.traffic().quietSince() + wait.toNanos();
    if (facts.now() - strikes < 0) {
      return on.wake(strikes);
    }
    if (facts.traffic().lookedAt() - strikes < 0) {
      return facts.runs(Step.LOOK) ? on : on.and(Step.LOOK);
    }
    return state == READY
        ? Decision.lifecycle(IDLE, Reason.QUIET, "not used for " + Words.time(wait))
        : on.and(Step.RETIRE);
  }

  private static Decision probing(Facts facts) {
    if (facts.runs(Step.PROBE) || facts.spec().isEmpty()) {
      return Decision.rest();
    }
    return facts.now() - facts.probeAt() >= 0
        ? Decision.doing(Step.PROBE)
        : Decision.rest().wake(facts.probeAt());
  }

  private static boolean is(Facts facts, Verdict verdict) {
    return facts.probe().isPresent() && facts.probe().get().verdict() == verdict;
  }
}
