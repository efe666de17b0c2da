package hal0.app.worker;

import hal0.slots.time.Clockwork;
import hal0.slots.worker.Pong.State;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides what systemd is told and when: ready once, the progress of a load, and the watchdog as
 * long as nothing is stuck. For the health socket's thread alone.
 */
final class Pulse {
  private static final Duration LOADING_BEAT = Duration.ofSeconds(1);
  private static final Duration EXTENSION = Duration.ofSeconds(30);
  private static final Duration EXTEND_EVERY = Duration.ofSeconds(5);
  private static final Duration LEAST_BEAT = Duration.ofMillis(10);

  private final Notices systemd;
  private final Vitals vitals;
  private final String model;
  private final Optional<Duration> watchdog;
  private final Clockwork clock;
  private boolean ready;
  private String told = "";
  private long fed;
  private long extended;

  /**
   * @param watchdog how long systemd waits for a sign of life; empty where it doesn't
   */
  Pulse(
      Notices systemd, Vitals vitals, String model, Optional<Duration> watchdog, Clockwork clock) {
    this.systemd = systemd;
    this.vitals = vitals;
    this.model = model;
    this.watchdog = watchdog;
    this.clock = clock;
    this.fed = clock.nanos() - watchdog.orElse(Duration.ZERO).toNanos();
    this.extended = clock.nanos() - EXTEND_EVERY.toNanos();
  }

  /**
   * Tells what is due.
   *
   * @return when to be called again at the latest, if nothing happens before; empty for no time
   */
  Optional<Duration> beat() {
    Vitals.Load load = vitals.load();
    if (!ready && load.state() == State.READY) {
      ready = true;
      systemd.ready();
    }
    status(load);
    boolean loading = vitals.isLoading();
    if (loading && !ready) {
      extend();
    }
    Optional<Duration> next = feed();
    if (loading && (next.isEmpty() || next.get().compareTo(LOADING_BEAT) > 0)) {
      return Optional.of(LOADING_BEAT);
    }
    return next;
  }

  private void status(Vitals.Load load) {
    String line =
        switch (load.state()) {
          case FAILED -> model + " can't be loaded: " + load.error();
          case LOADING, READY ->
              model + (load.text().isEmpty() ? " is loaded" : ": " + load.text());
        };
    if (!line.equals(told)) {
      told = line;
      systemd.status(line);
    }
  }

  /** Only a load that gets on is given more time: one that is stuck ends when systemd says so. */
  private void extend() {
    long now = clock.nanos();
    boolean moves = vitals.stuckFor().map(stuck -> stuck.compareTo(EXTENSION) < 0).orElse(false);
    if (moves && now - extended >= EXTEND_EVERY.toNanos()) {
      extended = now;
      systemd.extendStart(EXTENSION);
    }
  }

  /**
   * Work that has not got on for a whole period is stuck, and nothing is told any more: systemd
   * ends it a period later at most.
   */
  private Optional<Duration> feed() {
    if (watchdog.isEmpty()) {
      return Optional.empty();
    }
    Duration period = watchdog.get();
    Duration every = period.dividedBy(4);
    long now = clock.nanos();
    boolean stuck = vitals.stuckFor().map(time -> time.compareTo(period) > 0).orElse(false);
    if (!stuck && now - fed >= every.toNanos()) {
      fed = now;
      systemd.watchdog();
    }
    Duration left = stuck ? every : every.minusNanos(clock.nanos() - fed);
    return Optional.of(left.compareTo(LEAST_BEAT) < 0 ? LEAST_BEAT : left);
  }
}
