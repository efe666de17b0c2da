package hal0.slots.pull;

import java.time.Duration;

/**
 * How patient a pull is. Immutable.
 *
 * @param connect how long a connection may take
 * @param silence how long an answer may send nothing
 * @param retries how often, in a row, it may be tried again without anything new having come
 * @param pause before the first of these; the next are twice as long each, up to {@code
 *     longestPause}
 */
public record Pace(
    Duration connect, Duration silence, int retries, Duration pause, Duration longestPause) {
  /** Of a daemon. */
  public static final Pace USUAL =
      new Pace(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          5,
          Duration.ofMillis(500),
          Duration.ofSeconds(30));

  /**
   * The pause before another try.
   *
   * @param dry how many tries in a row have brought nothing, from 0
   * @param random 0 to 1: not everybody comes back at the same moment
   */
  Duration before(int dry, double random) {
    long millis = pause.toMillis() << Math.min(dry, 16);
    return Duration.ofMillis(
        (long) (Math.min(millis, longestPause.toMillis()) * (0.75 + random / 4)));
  }
}
