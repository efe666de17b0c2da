package hal0.slots.worker;

import java.time.Duration;

/**
 * How long a call may take.
 *
 * @param whole from asking, with the wait for others, to the end of the answer
 * @param silence the longest time without a word from the worker once it has been asked
 */
public record Limits(Duration whole, Duration silence) {
  /** Only the whole counts. */
  public static Limits of(Duration whole) {
    return new Limits(whole, whole);
  }
}
