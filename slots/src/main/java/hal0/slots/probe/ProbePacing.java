package hal0.slots.probe;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait between two probes of a slot. Pure. */
public final class ProbePacing {
  /** Between looks at a port that nobody answers on yet, and before the second look at a server that loads. */
  public static final Duration FIRST = Duration.ofMillis(50);

  /** The longest wait during a load. */
  public static final Duration LONGEST = Duration.ofMillis(500);

  private static final double GROWTH = 1.5;
  private static final double JITTER = 0.1;

  private ProbePacing() {}

  /**
   * During a load: at once, then every 50 ms until something answers (a refused look costs next to nothing, and the
   * first answer is to be seen within 50 ms), from then on half as long again each time, up to 500 ms.
   *
   * @param looks how many probes this load has had
   * @param answered how many of them, the last ones, were answered: whatever verdict but {@link Verdict#UNREACHABLE}
   */
  public static Duration loading(int looks, int answered) {
    if (looks <= 0) {
      return Duration.ZERO;
    }
    double millis = FIRST.toMillis() * Math.pow(GROWTH, Math.clamp(answered - 1, 0, 20));
    return Duration.ofMillis(Math.min(LONGEST.toMillis(), (long) millis));
  }

  /**
   * Between probes of a live slot, from one's end to the next one's begin: up to a tenth less than {@code interval}, so
   * that many slots don't stay in step. Never more: a hung server is to be found within failures × (interval + timeout).
   */
  public static Duration live(Duration interval, RandomGenerator random) {
    long nanos = interval.toNanos();
    return Duration.ofNanos(nanos - (long) (nanos * JITTER * random.nextDouble()));
  }
}
