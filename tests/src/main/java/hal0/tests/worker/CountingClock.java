package hal0.tests.worker;

import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** The machine's clock, which counts what was begun and has not ended. Thread-safe. */
public final class CountingClock implements Clockwork {
  private final Clockwork machine = new SystemClockwork();
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicInteger timers = new AtomicInteger();

  /** Tasks that run. */
  public int tasks() {
    return tasks.get();
  }

  /** Timers that neither came nor were cancelled. */
  public int timers() {
    return timers.get();
  }

  @Override
  public Instant now() {
    return machine.now();
  }

  @Override
  public long nanos() {
    return machine.nanos();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    AtomicBoolean over = new AtomicBoolean();
    timers.incrementAndGet();
    Timer timer =
        machine.schedule(
            delay,
            () -> {
              if (over.compareAndSet(false, true)) {
                timers.decrementAndGet();
              }
              task.run();
            });
    return () -> {
      timer.cancel();
      if (over.compareAndSet(false, true)) {
        timers.decrementAndGet();
      }
    };
  }

  @Override
  public void execute(Runnable task) {
    tasks.incrementAndGet();
    machine.execute(
        () -> {
          try {
            task.run();
          } finally {
            tasks.decrementAndGet();
          }
        });
  }

  @Override
  public RandomGenerator random() {
    return machine.random();
  }
}
