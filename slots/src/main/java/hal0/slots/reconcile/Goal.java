package hal0.slots.reconcile;

import hal0.slots.lifecycle.Reason;
import hal0.systemd.JobResult;
import java.util.List;
import java.util.Optional;

/** What somebody asked of a slot, until it is reached or given up. Immutable. */
public sealed interface Goal {
  /** How far the start of a load has come. */
  enum Start {
    /** It is due. */
    DUE,
    /** It is under way. */
    UNDER_WAY,
    /** It has ended, well unless there is a failure. */
    DONE,
    /** It cannot be known whether systemd did it: the bus went away meanwhile. */
    UNKNOWN
  }

  /** Nothing was asked. */
  record None() implements Goal {}

  /**
   * Be live.
   *
   * @param modelId the model to serve, "" for none
   * @param supply whether what it needs is there
   * @param before the unit's invocation before the start, to tell the new one from it
   * @param failure why the start failed, once it has
   */
  record Load(
      String modelId, Supply supply, Start start, String before, Optional<StartFailure> failure)
      implements Goal {
    static Load of(String modelId) {
      return new Load(modelId, new Supply.Unknown(List.of()), Start.DUE, "", Optional.empty());
    }

    Load with(Start next) {
      return new Load(modelId, supply, next, before, failure);
    }

    Load with(Supply next) {
      return new Load(modelId, next, start, before, failure);
    }

    Load from(String invocation) {
      return new Load(modelId, supply, Start.UNDER_WAY, invocation, Optional.empty());
    }

    Load failed(StartFailure why) {
      return new Load(modelId, supply, Start.DONE, before, Optional.of(why));
    }
  }

  /**
   * Be offline.
   *
   * @param late whether a stop has lasted too long since this was asked
   * @param killed whether the unit's processes were killed since
   * @param failure why systemd refused to stop it, once it has
   * @param why what for
   * @param note what to say once it is done; "" for the usual
   */
  record Unload(boolean late, boolean killed, Optional<String> failure, Reason why, String note)
      implements Goal {
    static Unload fresh() {
      return fresh(Reason.REQUESTED, "");
    }

    static Unload fresh(Reason why, String note) {
      return new Unload(false, false, Optional.empty(), why, note);
    }

    Unload asLate() {
      return new Unload(true, killed, failure, why, note);
    }

    Unload asKilled() {
      return new Unload(late, true, failure, why, note);
    }

    Unload refused(String message) {
      return new Unload(late, killed, Optional.of(message), why, note);
    }
  }

  /**
   * Why a start failed.
   *
   * @param late whether it merely took too long
   * @param job what systemd said of the job, where that tells more than the unit; else empty
   */
  record StartFailure(String message, boolean late, Optional<JobResult> job) {
    StartFailure(String message, boolean late) {
      this(message, late, Optional.empty());
    }
  }
}
