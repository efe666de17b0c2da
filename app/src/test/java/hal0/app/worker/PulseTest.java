package hal0.app.worker;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What systemd is told, on a clock that moves when the test says so. */
class PulseTest {
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final Stepped clock = new Stepped();
  private final Told told = new Told();
  private final Vitals vitals = new Vitals(clock);
  private final Pulse pulse = new Pulse(told, vitals, "m", Optional.of(PERIOD), clock);

  @Test
  void anIdleWorkerIsFedForEver() {
    vitals.readyWithout();
    assertThat(longestGap(Duration.ofHours(1))).isLessThanOrEqualTo(PERIOD.dividedBy(2));
  }

  @Test
  void slowWorkThatGetsOnIsNeverTakenForStuck() {
    vitals.readyWithout();
    vitals.begin();
    Duration longest = Duration.ZERO;
    for (int step = 0; step < 500; step++) {
      longest = max(longest, longestGap(PERIOD.minusMillis(50)));
      vitals.progress();
    }
    assertThat(longest).isLessThan(PERIOD);
  }

  @Test
  void stuckWorkIsFedNoLongerThanAPeriod() {
    vitals.readyWithout();
    beatFor(Duration.ofSeconds(10));
    vitals.begin();
    long stuck = clock.nanos();
    beatFor(Duration.ofSeconds(60));
    assertThat(told.lastFed - stuck).isLessThanOrEqualTo(PERIOD.toNanos());
    vitals.end();
    beatFor(PERIOD);
    assertThat(clock.nanos() - told.lastFed).isLessThan(PERIOD.toNanos());
  }

  @Test
  void aClientThatDoesNotReadMakesNoWorkStuck() {
    vitals.readyWithout();
    vitals.begin();
    vitals.waitsForClient(true);
    assertThat(longestGap(Duration.ofMinutes(5))).isLessThan(PERIOD);
    vitals.waitsForClient(false);
    assertThat(longestGap(PERIOD)).isLessThan(PERIOD);
    long stuck = clock.nanos();
    beatFor(Duration.ofSeconds(60));
    assertThat(told.lastFed).isLessThanOrEqualTo(stuck + PERIOD.toNanos());
  }

  @Test
  void readyIsToldOnceAndOnlyWhenTheModelIsLoaded() {
    vitals.loadBegins();
    vitals.loading(0.5, "half");
    beatFor(Duration.ofSeconds(5));
    assertThat(told.words).contains("status m: half").doesNotContain("ready");
    vitals.loaded();
    beatFor(Duration.ofSeconds(5));
    assertThat(told.words).containsOnlyOnce("ready").endsWith("status m is loaded");
  }

  @Test
  void aLoadThatFailsIsNeverReadyAndSaysWhy() {
    vitals.loadBegins();
    pulse.beat();
    vitals.loadFailed("no disk");
    beatFor(Duration.ofMinutes(1));
    assertThat(told.words).endsWith("status m can't be loaded: no disk").doesNotContain("ready");
  }

  @Test
  void onlyALoadThatGetsOnIsGivenMoreTime() {
    vitals.loadBegins();
    for (int second = 0; second < 100; second++) {
      vitals.loading(second / 100.0, "at " + second);
      beatFor(Duration.ofSeconds(1));
    }
    int whileItMoved = told.extensions;
    assertThat(whileItMoved).isBetween(15, 25);
    beatFor(Duration.ofMinutes(10));
    // Half a minute's grace of its own, and then no more.
    assertThat(told.extensions - whileItMoved).isLessThanOrEqualTo(7);
  }

  @Test
  void withoutAWatchdogAnIdleWorkerIsNotWokenAtAll() {
    Pulse quiet = new Pulse(told, vitals, "m", Optional.empty(), clock);
    vitals.readyWithout();
    assertThat(quiet.beat()).isEmpty();
    vitals.loadBegins();
    assertThat(quiet.beat()).isPresent();
  }

  private void beatFor(Duration time) {
    longestGap(time);
  }

  /** Beats whenever the pulse wants to, for so long. */
  private Duration longestGap(Duration time) {
    long end = clock.nanos() + time.toNanos();
    long longest = 0;
    while (clock.nanos() < end) {
      Duration next = pulse.beat().orElse(Duration.ofSeconds(1));
      longest = Math.max(longest, clock.nanos() - told.lastFed);
      clock.nanos += Math.min(next.toNanos(), end - clock.nanos);
    }
    longest = Math.max(longest, clock.nanos() - told.lastFed);
    return Duration.ofNanos(longest);
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private final class Told implements Notices {
    private final List<String> words = new ArrayList<>();
    private int extensions;
    private long lastFed;

    @Override
    public void ready() {
      words.add("ready");
    }

    @Override
    public void status(String line) {
      words.add("status " + line);
    }

    @Override
    public void watchdog() {
      lastFed = clock.nanos();
    }

    @Override
    public void extendStart(Duration more) {
      extensions++;
    }

    @Override
    public void stopping() {
      words.add("stopping");
    }
  }

  private static final class Stepped implements Clockwork {
    private final Clockwork machine = new SystemClockwork();
    private long nanos;

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      return machine.schedule(delay, task);
    }

    @Override
    public void execute(Runnable task) {
      machine.execute(task);
    }

    @Override
    public RandomGenerator random() {
      return machine.random();
    }
  }
}
