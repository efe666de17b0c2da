package hal0.app.worker;

import hal0.slots.time.Clockwork;
import hal0.slots.worker.Pong;
import hal0.slots.worker.Pong.State;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How the worker is: written by whoever works, read by the thread of the health socket. No locks,
 * so that nobody who works, however stuck, can hold that thread up.
 */
final class Vitals {
  private final Clockwork clock;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile Load load = new Load(State.LOADING, false, "", OptionalDouble.empty(), "");
  private volatile long progressAt;
  private volatile boolean working;
  private volatile boolean loading;
  private volatile boolean waitsForClient;
  private volatile Runnable changed = () -> {};

  /**
   * @param modelLoaded may be false while {@code state} is ready: a lazy worker
   */
  record Load(
      State state, boolean modelLoaded, String text, OptionalDouble fraction, String error) {}

  Vitals(Clockwork clock) {
    this.clock = clock;
    this.progressAt = clock.nanos();
  }

  /** Called on every change of the load that systemd should hear of; must not block. */
  void onChange(Runnable listener) {
    changed = listener;
  }

  Load load() {
    return load;
  }

  /** A lazy worker takes requests as it is. */
  void readyWithout() {
    load = new Load(State.READY, false, "the model is loaded with the first request", none(), "");
    changed.run();
  }

  void loadBegins() {
    load = new Load(load.state, false, "loading the model", OptionalDouble.of(0), "");
    begin();
    loading = true;
    changed.run();
  }

  void loading(double fraction, String text) {
    progress();
    load = new Load(load.state, false, text, OptionalDouble.of(Math.clamp(fraction, 0, 1)), "");
  }

  void loaded() {
    loadEnds();
    load = new Load(State.READY, true, "", OptionalDouble.of(1), "");
    changed.run();
  }

  void loadFailed(String why) {
    loadEnds();
    load = new Load(State.FAILED, false, "", none(), why);
    changed.run();
  }

  /** Whether the model is being loaded right now, also by a lazy worker. */
  boolean isLoading() {
    return loading;
  }

  private void loadEnds() {
    loading = false;
    end();
  }

  /** A request was read. */
  void entered() {
    inFlight.incrementAndGet();
  }

  /** It was answered, or given up. */
  void left() {
    inFlight.decrementAndGet();
  }

  /** Work begins, which counts as progress. */
  void begin() {
    progressAt = clock.nanos();
    working = true;
  }

  void end() {
    working = false;
  }

  void progress() {
    progressAt = clock.nanos();
  }

  /** While a client doesn't read its answer the work can't get on, and isn't stuck either. */
  void waitsForClient(boolean waits) {
    progressAt = clock.nanos();
    waitsForClient = waits;
  }

  /** How long the work under way has not got on; empty where there is none. */
  Optional<Duration> stuckFor() {
    return working && !waitsForClient
        ? Optional.of(Duration.ofNanos(Math.max(0, clock.nanos() - progressAt)))
        : Optional.empty();
  }

  Pong pong(String role, String model) {
    Load now = load;
    return new Pong(
        now.state,
        role,
        model,
        now.modelLoaded,
        inFlight.get(),
        now.text,
        now.fraction,
        now.error,
        stuckFor().map(Duration::toMillis).orElse(0L));
  }

  private static OptionalDouble none() {
    return OptionalDouble.empty();
  }
}
