package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Carries a slot's steps out. Makes no choices: what came of a step is told as it is. Safe for use
 * by many threads.
 */
final class StepRunner {
  /**
   * How long systemd may take to stop a unit: its TimeoutStopSec of 30 s, then SIGKILL, and some.
   */
  static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private final UnitName unit;
  private final FleetPorts ports;

  /** Whether the drop-in was changed since systemd last read it, as far as this daemon knows. */
  private volatile boolean reloadDue;

  /**
   * Whether systemd has read it in this daemon's life: a former one may have died between its write
   * and the reload.
   */
  private volatile boolean hasReloaded;

  StepRunner(UnitName unit, FleetPorts ports) {
    this.unit = unit;
    this.ports = ports;
  }

  CompletableFuture<UnitStatus> observe() {
    return ports.control().status(unit);
  }

  CompletableFuture<ProbeResult> probe(Probe.Request request) {
    return ports.probe().probe(request);
  }

  /**
   * Writes the drop-in and starts the unit.
   *
   * @param given set when this start is no longer wanted: then systemd is not asked any more
   */
  CompletableFuture<JobResult> start(
      SlotSpec spec, String modelId, Duration limit, AtomicBoolean given) {
    return written(spec, modelId)
        .thenCompose(
            changed ->
                reloadUnless(hasReloaded && !reloadDue)
                    .thenCompose(reloaded -> ports.control().resetFailed(unit))
                    .thenCompose(reset -> changed ? endOld() : nothing()))
        .thenCompose(
            ended ->
                given.get()
                    ? CompletableFuture.completedFuture(JobResult.CANCELED)
                    : ports.control().start(unit, limit));
  }

  /** Somebody may have started the unit just before systemd read the new drop-in. */
  private CompletableFuture<JobResult> endOld() {
    return ports
        .control()
        .status(unit)
        .thenCompose(
            status -> status.isDown() ? nothing() : ports.control().stop(unit, STOP_LIMIT));
  }

  private static CompletableFuture<JobResult> nothing() {
    return CompletableFuture.completedFuture(null);
  }

  /** Writes the drop-in and has systemd read it, if it changed. */
  CompletableFuture<Void> writeUnit(SlotSpec spec, String modelId) {
    return written(spec, modelId).thenCompose(changed -> reloadUnless(!reloadDue));
  }

  private CompletableFuture<Boolean> written(SlotSpec spec, String modelId) {
    return CompletableFuture.supplyAsync(() -> write(spec, modelId), ports.clock());
  }

  private CompletableFuture<Void> reloadUnless(boolean upToDate) {
    return upToDate
        ? CompletableFuture.completedFuture(null)
        : ports
            .control()
            .reload()
            .thenRun(
                () -> {
                  hasReloaded = true;
                  reloadDue = false;
                });
  }

  private boolean write(SlotSpec spec, String modelId) {
    try {
      boolean changed =
          ports.unitFiles().write(spec, Optional.of(modelId).filter(id -> !id.isEmpty()));
      if (changed) {
        reloadDue = true;
      }
      return changed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SlotException e) {
      throw new CompletionException(e);
    }
  }

  CompletableFuture<JobResult> stop() {
    return ports
        .control()
        .stop(unit, STOP_LIMIT)
        .thenCompose(result -> ports.control().resetFailed(unit).thenApply(done -> result));
  }

  CompletableFuture<Void> kill() {
    return ports.control().kill(unit);
  }

  /** The failure itself, without the wrappers that futures put around it. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether nothing can be known of what was done, because the bus was lost. */
  static boolean isBusLoss(Throwable failure) {
    return cause(failure) instanceof SystemdException.BusDown;
  }

  /** Why a start failed, for people. */
  static Goal.StartFailure startFailure(Throwable failure) {
    Throwable cause = cause(failure);
    return switch (cause) {
      case SystemdException.JobLate late -> new Goal.StartFailure(late.getMessage(), true);
      case SystemdException.NoSuchUnit missing ->
          new Goal.StartFailure(
              missing.getMessage() + "; \"hal0 install\" puts the template there", false);
      case UncheckedIOException io ->
          new Goal.StartFailure("its unit could not be written: " + said(io.getCause()), false);
      default -> new Goal.StartFailure(said(cause), false);
    };
  }

  private static String said(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Why a job that systemd took did not start the unit. */
  static Goal.StartFailure startFailure(JobResult result, UnitStatus after) {
    return switch (result) {
      case TIMEOUT -> new Goal.StartFailure("systemd gave the start up (timeout)", false);
      case DEPENDENCY ->
          new Goal.StartFailure(
              "a unit that it depends on failed (systemd: dependency)",
              false,
              Optional.of(JobResult.DEPENDENCY));
      case CANCELED -> new Goal.StartFailure("its start was cancelled by somebody else", false);
      default ->
          after.hasFailed()
              ? new Goal.StartFailure("could not be started: it " + Words.end(after), false)
              : new Goal.StartFailure(
                  "could not be started (systemd: " + result.word() + ")", false);
    };
  }
}
