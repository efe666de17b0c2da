package hal0.slots.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The machine's own clock, one timer thread and a virtual thread for each task. */
public final class SystemClockwork implements Clockwork {
  private final ScheduledThreadPoolExecutor timers =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("hal0-timers").daemon().factory());
  private final java.util.concurrent.ExecutorService tasks =
      Executors.newVirtualThreadPerTaskExecutor();
  private final RandomGenerator random = new java.util.Random();

  /** Starts the timer thread, a daemon thread. */
  public SystemClockwork() {
    timers.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    long nanos = Math.max(0, delay.toNanos());
    ScheduledFuture<?> future =
        timers.schedule(() -> tasks.execute(task), nanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void execute(Runnable task) {
    tasks.execute(task);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }
}
