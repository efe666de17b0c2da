package hal0.slots.probe;

import hal0.slots.time.Clockwork;
import hal0.slots.worker.Pong;
import hal0.slots.worker.WorkerChannels;
import hal0.slots.worker.WorkerException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Asks workers over their health sockets, which wait for no work of theirs. That a socket is the
 * slot's own needs no look at processes: its directory is made and removed with the unit's run.
 */
public final class WorkerProbe implements Probe {
  private final WorkerChannels channels;
  private final Clockwork clock;

  /**
   * @param channels to the workers, which may be shared
   */
  public WorkerProbe(WorkerChannels channels, Clockwork clock) {
    this.channels = channels;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<ProbeResult> probe(Request request) {
    Pinging pinging = new Pinging(request);
    try {
      clock.execute(pinging);
    } catch (RuntimeException | OutOfMemoryError e) {
      pinging.finish(Finding.of(Verdict.INCONCLUSIVE, "the probe could not be started: " + e));
    }
    return pinging;
  }

  private final class Pinging extends CompletableFuture<ProbeResult> implements Runnable {
    private final Request request;
    private final long begun = clock.nanos();

    Pinging(Request request) {
      this.request = request;
    }

    @Override
    public void run() {
      try {
        Duration timeout = request.spec().probe().timeout();
        finish(judge(channels.of(request.spec().name()).ping(timeout), request.loading()));
      } catch (WorkerException.Closed e) {
        finish(Finding.of(Verdict.INCONCLUSIVE, e.getMessage()));
      } catch (WorkerException.Broken e) {
        finish(Finding.of(Verdict.NOT_UNDERSTOOD, String.valueOf(e.getMessage())));
      } catch (WorkerException e) {
        finish(Finding.of(Verdict.UNREACHABLE, String.valueOf(e.getMessage())));
      } catch (Throwable e) {
        // Ours, whatever it is: it says nothing about the worker.
        finish(Finding.of(Verdict.INCONCLUSIVE, "the probe itself failed: " + e));
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return finish(Finding.of(Verdict.INCONCLUSIVE, "the probe was cancelled"));
    }

    private boolean finish(Finding finding) {
      return complete(finding.after(Duration.ofNanos(Math.max(0, clock.nanos() - begun))));
    }
  }

  /**
   * What a worker's answer means.
   *
   * @param loading whether a load is under way
   */
  static Finding judge(Pong pong, boolean loading) {
    return switch (pong.state()) {
      case READY ->
          new Finding(
              Verdict.SERVING,
              pong.modelLoaded() ? "it is ready" : "it is ready, and loads with the first request",
              pong.model().isEmpty() ? List.of() : List.of(pong.model()));
      case LOADING ->
          Finding.of(
              loading ? Verdict.LOADING : Verdict.UNHEALTHY,
              "it is loading" + (pong.progress().isEmpty() ? "" : ": " + pong.progress()));
      case FAILED -> Finding.of(Verdict.NO_MODEL, "its model can't be loaded: " + pong.error());
    };
  }
}
