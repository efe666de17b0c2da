package hal0.slots.reconcile;

import hal0.slots.probe.Verdict;
import hal0.slots.spec.SlotSpec;
import java.time.Duration;

/** How long until the next probe. Pure. */
final class Pacing {
  /**
   * So often a server is asked that does not listen yet: a port that opens is seen within 50 ms.
   */
  private static final Duration QUICK = Duration.ofMillis(40);

  /** After so many quick looks, some ten seconds of them, the looks become rarer. */
  private static final int MANY = 250;

  private static final Duration PATIENT = Duration.ofMillis(250);

  private Pacing() {}

  /**
   * @param live whether the slot is live, or an error that is only watched: then the file's
   *     interval counts
   * @param looks how many probes there were of this run
   * @param without for how long the server has had no model, in nanoseconds; 0 when it has one
   * @param jitter 0 to 1
   * @return nanoseconds
   */
  static long next(
      SlotSpec spec, Verdict verdict, boolean live, int looks, long without, double jitter) {
    Duration interval = spec.probe().interval();
    if (verdict == Verdict.NO_MODEL && without < spec.probe().stabilise().toNanos()) {
      long left = spec.probe().stabilise().toNanos() - without;
      return Math.min(Math.max(left, QUICK.toNanos()), interval.toNanos());
    }
    if (live) {
      return (long) (interval.toNanos() * (1 - jitter / 10));
    }
    if (looks > 2 * MANY) {
      return Math.min(Duration.ofSeconds(1).toNanos(), interval.toNanos());
    }
    Duration pause =
        looks > MANY ? PATIENT : verdict == Verdict.LOADING ? QUICK.multipliedBy(2) : QUICK;
    return Math.min(pause.toNanos(), interval.toNanos());
  }
}
