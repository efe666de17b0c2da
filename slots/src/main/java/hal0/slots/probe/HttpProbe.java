package hal0.slots.probe;

import hal0.slots.listener.PortOwner;
import hal0.slots.time.Clockwork;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Probes over HTTP, to 127.0.0.1 only. Each probe has a thread and connections of its own, so that
 * any number of hung servers delays no other probe. Each body is read up to 1 MiB, redirects are
 * not followed.
 *
 * <p>Cancelling a probe ends its request, and its future, as {@link Verdict#INCONCLUSIVE}.
 */
public final class HttpProbe implements Probe {
  private final LoopbackClient client = new LoopbackClient();
  private final Clockwork clock;
  private final PortGuard guard;
  private final UnaryOperator<String> environment;

  /**
   * Takes upstreams' keys from the daemon's own environment.
   *
   * @param clock for deadlines, threads and measuring
   * @param ports tells whose a port is
   */
  public HttpProbe(Clockwork clock, PortOwner ports) {
    this(clock, ports, System::getenv);
  }

  /**
   * As above.
   *
   * @param environment gives a variable's value or null
   */
  public HttpProbe(Clockwork clock, PortOwner ports, UnaryOperator<String> environment) {
    this.clock = clock;
    this.guard = new PortGuard(ports, clock);
    this.environment = environment;
  }

  /**
   * Goes through a whole exchange that leaves this process in no way. The first one loads some
   * thousand classes, a second or more on a busy machine: that should not be a slot's first probe,
   * whose deadline runs meanwhile. Blocks; may be left out; never fails.
   */
  public void warmUp() {
    Rehearsal.run();
  }

  @Override
  public CompletableFuture<ProbeResult> probe(Request request) {
    Asking asking = new Asking(request, client, clock, guard, environment);
    asking.start();
    return asking;
  }
}
