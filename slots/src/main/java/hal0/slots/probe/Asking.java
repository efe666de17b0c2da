package hal0.slots.probe;

import hal0.slots.listener.Owner;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * One probe under way, on a thread of its own. Whatever happens, the future ends: by an answer, by
 * the deadline, or by being cancelled.
 */
final class Asking extends CompletableFuture<ProbeResult> implements Runnable {
  private final Probe.Request request;
  private final SlotSpec spec;
  private final LoopbackClient client;
  private final Clockwork clock;
  private final PortGuard guard;
  private final UnaryOperator<String> environment;
  private final long begun;

  /** The path that an answer is awaited on; empty as long as the delay is our own. */
  private volatile String asked = "";

  private volatile LoopbackCall call;

  Asking(
      Probe.Request request,
      LoopbackClient client,
      Clockwork clock,
      PortGuard guard,
      UnaryOperator<String> environment) {
    this.request = request;
    this.spec = request.spec();
    this.client = client;
    this.clock = clock;
    this.guard = guard;
    this.environment = environment;
    this.begun = clock.nanos();
  }

  void start() {
    try {
      Clockwork.Timer deadline = clock.schedule(spec.probe().timeout(), this::late);
      whenComplete(
          (result, failure) -> {
            deadline.cancel();
            hangUp();
          });
      clock.execute(this);
    } catch (RuntimeException | OutOfMemoryError e) {
      finish(Finding.of(Verdict.INCONCLUSIVE, "the probe could not be started: " + e));
    }
  }

  @Override
  public void run() {
    try {
      finish(settle());
    } catch (Throwable e) {
      // Ours, whatever it is (no memory, a fault of this program): it says nothing about the
      // server.
      finish(Finding.of(Verdict.INCONCLUSIVE, "the probe itself failed: " + e));
    }
  }

  /**
   * Ends the request; the future ends as {@link Verdict#INCONCLUSIVE}, so that whoever waits needs
   * no other path.
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return finish(Finding.of(Verdict.INCONCLUSIVE, "the probe was cancelled"));
  }

  private Finding settle() {
    if (spec.port() == 0) {
      return Finding.of(Verdict.INCONCLUSIVE, "this slot has no port to ask");
    }
    // Asked before anything is sent: a stranger must not get the upstream's key.
    Owner before = guard.owner(request);
    Optional<Finding> foreign = PortGuard.judge(spec.port(), before);
    if (foreign.isPresent()) {
      return foreign.get();
    }
    Finding finding = new Dialogue(request, this::ask).hold();
    boolean answered =
        finding.verdict() != Verdict.UNREACHABLE && finding.verdict() != Verdict.INCONCLUSIVE;
    return before instanceof Owner.Nobody && answered
        ? PortGuard.judge(spec.port(), guard.owner(request)).orElse(finding)
        : finding;
  }

  private Answer ask(String path, Optional<String> post) {
    LoopbackCall next;
    try {
      asked = "";
      next = client.newCall(spec.port(), path, post, key(), () -> asked = path);
    } catch (IllegalArgumentException e) {
      return new Answer.Silence(
          Finding.of(
              Verdict.INCONCLUSIVE,
              "no request can be made of " + path + " and the upstream's key"));
    }
    call = next;
    if (isDone()) {
      next.cancel();
    }
    return LoopbackClient.ask(next);
  }

  private Optional<String> key() {
    return spec.admission()
        .apiKeyEnv()
        .filter(name -> !name.isEmpty())
        .map(environment)
        .filter(key -> !key.isEmpty());
  }

  private void late() {
    Duration timeout = spec.probe().timeout();
    if (asked.isEmpty()) {
      finish(
          Finding.of(
              Verdict.INCONCLUSIVE, "no thread of ours got to ask within " + Details.of(timeout)));
    } else if (took().compareTo(timeout.multipliedBy(2)) > 0) {
      finish(Finding.of(Verdict.INCONCLUSIVE, "this machine was too busy to probe in time"));
    } else {
      finish(
          Finding.of(
              Verdict.UNREACHABLE, "no answer on " + asked + " within " + Details.of(timeout)));
    }
  }

  private Duration took() {
    return Duration.ofNanos(Math.max(0, clock.nanos() - begun));
  }

  private boolean finish(Finding finding) {
    return complete(finding.after(took()));
  }

  private void hangUp() {
    LoopbackCall last = call;
    if (last != null) {
      last.cancel();
    }
  }
}
