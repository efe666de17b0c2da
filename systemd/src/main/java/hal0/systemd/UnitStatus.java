package hal0.systemd;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What systemd said of one unit at one moment. Immutable.
 *
 * @param unit whose status it is
 * @param loadState systemd's {@code LoadState}: {@code loaded}, {@code not-found}, {@code
 *     bad-setting}, {@code masked} …
 * @param activeState systemd's {@code ActiveState}
 * @param subState systemd's {@code SubState}, for people and to tell {@code auto-restart} apart
 * @param mainPid the main process, 0 when there is none (never signal pid 0)
 * @param restarts how often systemd has restarted it by itself ({@code NRestarts})
 * @param result systemd's {@code Result}: {@code success}, {@code exit-code}, {@code signal},
 *     {@code oom-kill} …
 * @param invocationId 32 hexadecimal digits, another for each start; empty when it never ran or was
 *     unloaded
 * @param exit how the last main process ended; empty while none has
 * @param controlGroup path of its cgroup below the cgroup root, empty when it has none
 * @param job the job that is queued or running for it
 * @param restartDelay {@code RestartUSec}
 * @param unitFileState {@code enabled}, {@code disabled}, {@code static} …; empty when unknown
 * @param tellsReady whether its main process itself tells systemd when it can serve ({@code
 *     Type=notify} with {@code NotifyAccess=main}): until then it is {@code activating}, and runs
 */
public record UnitStatus(
    UnitName unit,
    String loadState,
    ActiveState activeState,
    String subState,
    int mainPid,
    int restarts,
    String result,
    String invocationId,
    Optional<Exit> exit,
    String controlGroup,
    Optional<Job> job,
    Duration restartDelay,
    String unitFileState,
    boolean tellsReady) {

  /**
   * How a main process ended.
   *
   * @param bySignal whether a signal ended it
   * @param status the exit code, or the signal's number
   */
  public record Exit(boolean bySignal, int status) {}

  /**
   * A job of systemd's queue.
   *
   * @param id its number, above 0
   * @param type {@code start}, {@code stop}, {@code restart}, {@code try-restart} …; empty when not
   *     known
   */
  public record Job(int id, String type) {
    /** Whether its end leaves the unit stopped. */
    public boolean stops() {
      return type.equals("stop");
    }
  }

  /** Refuses nulls. */
  public UnitStatus {
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(job, "job");
  }

  /** The status of a unit that systemd has nothing to say about: not loaded, not running. */
  public static UnitStatus absent(UnitName unit) {
    return new UnitStatus(
        unit,
        "loaded",
        ActiveState.INACTIVE,
        "dead",
        0,
        0,
        "success",
        "",
        Optional.empty(),
        "",
        Optional.empty(),
        Duration.ZERO,
        "",
        false);
  }

  /**
   * Whether its process runs: {@code active}, {@code reloading}, or {@code activating} while the
   * process loads and has yet to tell that it is ready.
   */
  public boolean isUp() {
    return activeState == ActiveState.ACTIVE
        || activeState == ActiveState.RELOADING
        || isTellingLater();
  }

  /** Whether its process runs and has yet to tell systemd that it is ready. */
  public boolean isTellingLater() {
    return tellsReady
        && activeState == ActiveState.ACTIVATING
        && subState.equals("start")
        && mainPid > 0;
  }

  /**
   * Whether nothing of it runs and nothing is about to: {@code inactive} or {@code failed}, without
   * a start job.
   */
  public boolean isDown() {
    return activeState == ActiveState.INACTIVE || activeState == ActiveState.FAILED;
  }

  /** Whether systemd waits out {@code RestartSec} before it starts the unit again. */
  public boolean isAutoRestarting() {
    return activeState == ActiveState.ACTIVATING && subState.startsWith("auto-restart");
  }

  /**
   * Whether it ended in a way that systemd counts as a failure, or is waiting to be restarted after
   * one.
   */
  public boolean hasFailed() {
    return activeState == ActiveState.FAILED || (isAutoRestarting() && !result.equals("success"));
  }
}
