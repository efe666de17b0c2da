package hal0.tests.bed;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what must become true. Tests wait for conditions, never for a time to pass. */
public final class Await {
  /**
   * How long tests wait for what takes a moment on an idle machine; a busy one may be many times
   * slower.
   */
  public static final Duration LONG = Duration.ofSeconds(60);

  private static final long PAUSE_MS = 10;

  private Await() {}

  /**
   * Waits until a condition holds.
   *
   * @param what it is, for the message of the {@link AssertionError} when it does not hold in time
   */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    value(what, limit, condition::getAsBoolean, holds -> holds);
  }

  /**
   * Asks again and again until the answer is as wanted.
   *
   * @param what is waited for; the message of the {@link AssertionError} has it and the last answer
   * @return the first answer that fits
   */
  public static <T> T value(
      String what, Duration limit, Supplier<T> question, Predicate<? super T> wanted) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      T answer = question.get();
      if (wanted.test(answer)) {
        return answer;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within " + limit.toSeconds() + " s: " + what + "; last seen: " + answer);
      }
      pause();
    }
  }

  static void pause() {
    try {
      Thread.sleep(PAUSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
