package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.sim.MemoryStore.Half;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The daemon is killed at every call of every port, before it has an effect and after, and in every
 * write (lost, made or torn): the next daemon reaches the truth, which a third one confirms,
 * touches nothing that nobody asked for, and the slot can be restarted and unloaded.
 */
class CrashEverywhereTest {
  @ParameterizedTest
  @EnumSource
  void theNextDaemonReachesTheTruth(Story story) {
    try (FaultLog log = FaultLog.open()) {
      int calls = new Telling(story).tell();
      log.check();
      int writes = 0;
      for (int call = 1; call <= calls; call++) {
        if (killed(story, call, Half.LOST, log).startsWith("save ")) {
          writes++;
          killed(story, call, Half.MADE, log);
          killed(story, call, Half.TORN, log);
        }
      }
      boolean writesNothing = story == Story.NOTHING_BUT_A_START;
      // A pull that comes to nothing is two: into pulling, and out of it.
      assertThat(writes).isGreaterThanOrEqualTo(writesNothing ? 0 : 2);
      System.out.printf("%s: killed at %d calls, %d of them writes%n", story, calls, writes);
    }
  }

  private static String killed(Story story, int call, Half half, FaultLog log) {
    Telling telling = new Telling(story);
    log.clear();
    try {
      String where = telling.tell(call, half);
      log.check();
      return where;
    } catch (RuntimeException | Error broken) {
      List<String> trace = telling.trace();
      throw new AssertionError(
          story
              + ", killed at call "
              + call
              + ", a write "
              + half
              + ": "
              + broken.getMessage()
              + "\n"
              + String.join("\n", trace)
              + (log.isEmpty() ? "" : "\nlogged: " + log),
          broken);
    }
  }
}
