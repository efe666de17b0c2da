package hal0.app.node;

import hal0.slots.time.Clockwork;
import java.time.Duration;

/** How long to wait before the next try: half a second, doubled each time, at most five. */
final class Backoff {
  private static final long FIRST_MS = 500;
  private static final long MOST_MS = 5000;

  private Backoff() {}

  /**
   * The wait after so many failures in a row, one or more; up to a fifth less, so that many clients
   * do not come back at once.
   */
  static Duration after(int failures, Clockwork clock) {
    long doubled = FIRST_MS << Math.min(failures - 1, 10);
    long whole = Math.min(doubled, MOST_MS);
    return Duration.ofMillis(whole - (long) (clock.random().nextDouble() * whole / 5));
  }
}
