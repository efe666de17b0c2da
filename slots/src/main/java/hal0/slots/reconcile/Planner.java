package hal0.slots.reconcile;

import static hal0.slots.lifecycle.SlotState.ERROR;
import static hal0.slots.lifecycle.SlotState.OFFLINE;
import static hal0.slots.lifecycle.SlotState.PULLING;
import static hal0.slots.lifecycle.SlotState.READY;
import static hal0.slots.lifecycle.SlotState.SERVING;
import static hal0.slots.lifecycle.SlotState.STARTING;
import static hal0.slots.lifecycle.SlotState.UNLOADING;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitStatus;

/**
 * Decides what follows from the facts. Pure: no IO, no clock, no randomness. One decision is at
 * most one transition; it is asked again until nothing changes.
 */
public final class Planner {
  private Planner() {}

  /** What follows from these facts. */
  public static Decision decide(Facts facts) {
    if (facts.record().state() == PULLING) {
      return Pulling.decide(facts);
    }
    if (!facts.fresh()) {
      return withoutUnit(facts);
    }
    return switch (facts.goal()) {
      case Goal.Load load -> load(facts, load);
      case Goal.Unload unload -> unload(facts, unload);
      case Goal.None none -> Watching.decide(facts);
    };
  }

  /**
   * systemd has not been heard since the bus came, or is away: only the upstream and the deadlines
   * can be judged.
   */
  private static Decision withoutUnit(Facts facts) {
    SlotState state = facts.record().state();
    if (facts.isLate() && state == UNLOADING) {
      return Decision.lifecycle(
          ERROR, Reason.STOP_FAILED, "not stopped in time: systemd cannot be reached");
    }
    if (facts.isLate() && state.isLoading()) {
      return Watching.graceOver(facts);
    }
    if (state == SERVING && facts.goal() instanceof Goal.Unload) {
      return draining(facts);
    }
    // Before the first word of a unit no answer of its port can be told to be of its run, and one
    // that was going down may be gone.
    boolean wasUp = facts.unit().filter(UnitStatus::isUp).isPresent();
    if (state.isLive() && facts.goal() instanceof Goal.None && wasUp) {
      return Watching.judgeLive(facts);
    }
    return Decision.rest().wake(facts.deadline());
  }

  private static Decision load(Facts facts, Goal.Load load) {
    SlotState state = facts.record().state();
    if (state == OFFLINE || state == ERROR) {
      return Pulling.begin(facts, load);
    }
    if (state == UNLOADING) {
      return Decision.rest().wake(facts.deadline());
    }
    if (load.failure().isPresent()) {
      Goal.StartFailure failure = load.failure().get();
      Reason reason = failure.late() ? Reason.HEALTH_FAILED : Reason.SPAWN_FAILED;
      return Decision.lifecycle(ERROR, reason, failure.message());
    }
    if (state.isLive()) {
      return Watching.decide(facts);
    }
    if (state != STARTING) {
      return Watching.walking(facts);
    }
    return switch (load.start()) {
      case DUE -> startAgain(facts);
      case UNDER_WAY -> whileItStarts(facts, load);
      case DONE -> Watching.walking(facts);
      case UNKNOWN -> afterBusLoss(facts, load);
    };
  }

  /** A process that tells systemd itself when it can serve is looked after from its beginning. */
  private static Decision whileItStarts(Facts facts, Goal.Load load) {
    if (hasBegun(facts, load) && facts.unit().orElseThrow().isTellingLater()) {
      return Watching.walking(facts);
    }
    return facts.isLate() ? Watching.graceOver(facts) : Decision.rest().wake(facts.deadline());
  }

  /** Whether systemd started the unit shows in its invocation: if it did not, it is asked again. */
  private static Decision afterBusLoss(Facts facts, Goal.Load load) {
    return hasBegun(facts, load) ? Watching.walking(facts) : startAgain(facts);
  }

  private static boolean hasBegun(Facts facts, Goal.Load load) {
    UnitStatus unit = facts.unit().orElseThrow();
    return !unit.invocationId().isEmpty() && !unit.invocationId().equals(load.before());
  }

  private static Decision startAgain(Facts facts) {
    if (facts.spec().isEmpty()) {
      return Decision.lifecycle(
          ERROR, Reason.SPAWN_FAILED, "its slot file went away before it could be started");
    }
    return facts.isLate()
        ? Watching.graceOver(facts)
        : Decision.doing(Step.START).wake(facts.deadline());
  }

  private static Decision unload(Facts facts, Goal.Unload unload) {
    return switch (facts.record().state()) {
      case OFFLINE -> isGone(facts) ? Decision.rest() : stop(facts);
      case ERROR -> unloadFailed(facts, unload);
      case SERVING -> draining(facts);
      case UNLOADING -> unloading(facts, unload);
      default ->
          facts.traffic().inFlight() > 0 && facts.record().state().isLive()
              ? Decision.lifecycle(SERVING, Reason.DRAINING, drains(facts))
              : Decision.lifecycle(UNLOADING, unload.why(), "stopping");
    };
  }

  /** No request is let in any more; those inside may finish until the deadline. */
  private static Decision draining(Facts facts) {
    if (facts.traffic().inFlight() == 0) {
      return Decision.lifecycle(READY, Reason.DRAINING, "its requests have ended");
    }
    boolean died = facts.fresh() && !facts.unit().orElseThrow().isUp();
    Decision wait =
        facts.isLate() || died
            ? Decision.doing(Step.END_REQUESTS)
            : Decision.rest().wake(facts.deadline());
    return wait.saying(Reason.DRAINING, drains(facts));
  }

  private static String drains(Facts facts) {
    int left = facts.traffic().inFlight();
    return "waits for " + (left == 1 ? "1 request" : left + " requests") + " to end";
  }

  private static Decision unloadFailed(Facts facts, Goal.Unload unload) {
    if (unload.failure().isPresent()) {
      return Decision.rest();
    }
    return isGone(facts)
        ? Decision.lifecycle(OFFLINE, unload.why(), unloaded(unload))
        : Decision.lifecycle(UNLOADING, unload.why(), "stopping");
  }

  private static Decision unloading(Facts facts, Goal.Unload unload) {
    if (unload.failure().isPresent()) {
      return Decision.lifecycle(ERROR, Reason.STOP_FAILED, unload.failure().get());
    }
    if (isGone(facts) && !facts.runs(Step.STOP)) {
      return Decision.lifecycle(OFFLINE, unload.why(), unloaded(unload));
    }
    if (facts.isLate()) {
      return Decision.lifecycle(ERROR, Reason.STOP_FAILED, left(facts));
    }
    boolean kill = unload.late() && !unload.killed() && !facts.runs(Step.KILL);
    return kill ? stop(facts).and(Step.KILL) : stop(facts);
  }

  private static String unloaded(Goal.Unload unload) {
    return unload.note().isEmpty() ? "unloaded" : unload.note();
  }

  private static String left(Facts facts) {
    UnitStatus unit = facts.unit().orElseThrow();
    return "not stopped in time: its unit is still "
        + unit.activeState().word()
        + " ("
        + unit.subState()
        + (unit.mainPid() > 0 ? ", pid " + unit.mainPid() : "")
        + ")";
  }

  private static Decision stop(Facts facts) {
    Decision wait = Decision.rest().wake(facts.deadline());
    return facts.runs(Step.STOP) ? wait : wait.and(Step.STOP);
  }

  /**
   * Whether nothing of the unit runs, nothing is on its way to run, and no failure of it is left in
   * systemd.
   */
  private static boolean isGone(Facts facts) {
    UnitStatus unit = facts.unit().orElseThrow();
    return unit.activeState() == ActiveState.INACTIVE
        && unit.job().filter(job -> !job.stops()).isEmpty()
        && !facts.runs(Step.START);
  }
}
