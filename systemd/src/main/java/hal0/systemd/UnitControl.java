package hal0.systemd;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What can be asked of systemd. Every method returns at once; the future ends with the answer or,
 * exceptionally, with a {@link SystemdException} as its (unwrapped) cause. Safe for use by many
 * threads; calls for different units do not wait for each other.
 */
public interface UnitControl {
  /**
   * Starts a unit and follows the job to its end. A unit that is already up answers {@link
   * JobResult#DONE}.
   *
   * @param deadline how long the job may take, above zero; then {@link SystemdException.JobLate}
   */
  CompletableFuture<JobResult> start(UnitName unit, Duration deadline);

  /**
   * Stops a unit and follows the job to its end; see {@link #start}. A unit that does not run
   * answers DONE.
   */
  CompletableFuture<JobResult> stop(UnitName unit, Duration deadline);

  /** Takes back a unit's failure and its start limit. Nothing to take back is no error. */
  CompletableFuture<Void> resetFailed(UnitName unit);

  /** Sends SIGKILL to every process of the unit. A unit without processes is no error. */
  CompletableFuture<Void> kill(UnitName unit);

  /** Makes systemd read its unit files again ({@code daemon-reload}). */
  CompletableFuture<Void> reload();

  /**
   * Reads one unit's status now; {@link UnitStatus#absent} where systemd has none of that name in
   * memory.
   */
  CompletableFuture<UnitStatus> status(UnitName unit);

  /**
   * Every slot's unit ({@link UnitName#SLOT_PATTERN}) that systemd has in memory, by one list call.
   */
  CompletableFuture<List<UnitName>> list();

  /** Links the unit into the default target, as {@code systemctl enable} would. Idempotent. */
  CompletableFuture<Void> enable(UnitName unit);

  /** Takes the links of {@link #enable} away. Idempotent. */
  CompletableFuture<Void> disable(UnitName unit);

  /** Ends when systemd has answered a ping, or fails within {@code deadline}. */
  CompletableFuture<Void> ping(Duration deadline);
}
