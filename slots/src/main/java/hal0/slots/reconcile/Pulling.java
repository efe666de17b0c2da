package hal0.slots.reconcile;

import static hal0.slots.lifecycle.SlotState.ERROR;
import static hal0.slots.lifecycle.SlotState.OFFLINE;
import static hal0.slots.lifecycle.SlotState.PULLING;
import static hal0.slots.lifecycle.SlotState.STARTING;

import hal0.slots.lifecycle.Reason;
import hal0.slots.pull.Progress;
import hal0.slots.pull.Pulls;
import hal0.slots.pull.Want;

/**
 * The part of the planner that sees to it that a load has what it needs before its unit is started.
 * It needs no word of systemd.
 */
final class Pulling {
  private Pulling() {}

  /** A load that has not begun. */
  static Decision begin(Facts facts, Goal.Load load) {
    return switch (facts.supply(load)) {
      case Supply.There _ -> start(load);
      case Supply.Unknown _ -> facts.runs(Step.SURVEY) ? Decision.rest() : survey();
      case Supply.Missing missing ->
          Decision.lifecycle(
              PULLING, Reason.REQUESTED, Progress.begun(missing.wants().getFirst()).sentence());
      case Supply.Failed failed -> Decision.lifecycle(PULLING, Reason.REQUESTED, failed.message());
    };
  }

  /** What follows while it is pulling. */
  static Decision decide(Facts facts) {
    return switch (facts.goal()) {
      case Goal.None _ ->
          Decision.lifecycle(OFFLINE, Reason.CANCELLED, "nobody wanted the pull any more");
      case Goal.Unload _ ->
          Decision.lifecycle(OFFLINE, Reason.CANCELLED, "the pull was given up; what came is kept");
      case Goal.Load load -> goOn(facts, load);
    };
  }

  private static Decision goOn(Facts facts, Goal.Load load) {
    Supply supply = facts.supply(load);
    if (supply instanceof Supply.There && facts.fresh()) {
      return start(load);
    }
    if (supply instanceof Supply.Failed failed) {
      return Decision.lifecycle(ERROR, Reason.PULL_FAILED, failed.message());
    }
    if (facts.isLate()) {
      return Decision.lifecycle(ERROR, Reason.PULL_FAILED, late(facts, supply));
    }
    Decision wait = Decision.rest().wake(facts.deadline());
    return switch (supply) {
      case Supply.Unknown _ when !facts.runs(Step.SURVEY) -> wait.and(Step.SURVEY);
      case Supply.Missing missing -> fetching(facts, missing, wait);
      default -> wait;
    };
  }

  private static Decision fetching(Facts facts, Supply.Missing missing, Decision wait) {
    if (!facts.runs(Step.PULL)) {
      return wait.and(Step.PULL);
    }
    Want first = missing.wants().getFirst();
    return wait.saying(facts.fetch().progress().orElse(Progress.begun(first)).sentence());
  }

  private static String late(Facts facts, Supply supply) {
    String time = Words.time(Pulls.LONGEST_SILENCE);
    return supply instanceof Supply.There
        ? "it was fetched, but systemd could not be reached for " + time
        : facts.fetch().progress().map(Progress::sentence).orElse("the pull was begun")
            + "; nothing was heard of it for "
            + time;
  }

  private static Decision survey() {
    return Decision.doing(Step.SURVEY);
  }

  private static Decision start(Goal.Load load) {
    String with = load.modelId().isEmpty() ? "starting" : "starting with " + load.modelId();
    return Decision.lifecycle(STARTING, Reason.REQUESTED, with);
  }
}
