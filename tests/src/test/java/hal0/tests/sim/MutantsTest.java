package hal0.tests.sim;

import static org.assertj.core.api.Assertions.fail;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation is worth its time: each daemon with one thing wrong is found, by a rule that fits.
 */
class MutantsTest {
  private static final int HISTORIES = 200;

  @ParameterizedTest
  @EnumSource
  void isFound(Mutant mutant) {
    Set<String> others = new TreeSet<>();
    try (FaultLog log = FaultLog.open()) {
      for (long seed = 1; seed <= HISTORIES; seed++) {
        log.clear();
        try {
          new History(seed, mutant::changed).run();
          log.check();
        } catch (Violation violation) {
          if (mutant.findable().contains(violation.rule())) {
            return;
          }
          others.add(violation.rule());
        }
      }
    }
    fail(mutant + " was not found in " + HISTORIES + " histories; other rules broken: " + others);
  }
}
