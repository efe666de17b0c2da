package hal0.slots.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Time, waiting, threads and randomness behind one seam, so that tests advance time instead of
 * sleeping. Safe for use by many threads.
 */
public interface Clockwork extends Executor {
  /** The wall clock: for people and records only, since it may jump. */
  Instant now();

  /**
   * A clock that never jumps, in nanoseconds since some moment: for every deadline and every
   * measured time.
   */
  long nanos();

  /** Runs {@code task} once, after {@code delay} (zero or more), on a thread of its own. */
  Timer schedule(Duration delay, Runnable task);

  /** Runs {@code task} soon, on a thread of its own: it may block. */
  @Override
  void execute(Runnable task);

  /** A source of random numbers. */
  RandomGenerator random();

  /** A task that waits for its time. */
  interface Timer {
    /** Makes it not run, unless it has begun. May be called more than once. */
    void cancel();
  }
}
