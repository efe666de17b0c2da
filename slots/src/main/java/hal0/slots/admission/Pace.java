package hal0.slots.admission;

import java.time.Duration;

/**
 * How long a slot's own past took, as a running mean that forgets: what to tell those who should
 * come back later. For one thread, or under its owner's lock.
 */
public final class Pace {
  /** A past time counts a fourth of what it did, after some five newer ones. */
  private static final double WEIGHT = 0.25;

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(60);

  private double meanNanos;

  /** Learns how long one took, in nanoseconds. */
  public void took(long nanos) {
    meanNanos = meanNanos == 0 ? nanos : meanNanos + WEIGHT * (nanos - meanNanos);
  }

  /** The mean; zero before the first. */
  public Duration mean() {
    return Duration.ofNanos((long) meanNanos);
  }

  /** What is to be learnt again after a restart. */
  public void remember(Duration mean) {
    meanNanos = mean.toNanos();
  }

  /**
   * When the one at {@code place} in a queue (from 1) is likely to have its turn, where so many are
   * served side by side: 1 s to 60 s.
   */
  Duration until(int place, int sideBySide) {
    double turns = (double) place / Math.max(1, sideBySide);
    Duration likely = Duration.ofNanos((long) (meanNanos * turns));
    return likely.compareTo(LEAST) < 0 ? LEAST : likely.compareTo(MOST) > 0 ? MOST : likely;
  }
}
