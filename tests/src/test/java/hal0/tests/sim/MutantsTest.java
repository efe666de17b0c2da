package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation is worth its time: each daemon with one thing wrong is found, by a rule that fits.
 */
class MutantsTest {
  private static final int HISTORIES = 20;

  @ParameterizedTest
  @EnumSource
  void isFound(Mutant mutant) {
    try (FaultLog log = FaultLog.open()) {
      for (long seed = 1; seed <= HISTORIES; seed++) {
        log.clear();
        try {
          new History(seed, mutant::changed).run();
          log.check();
        } catch (Violation violation) {
          assertThat(violation.rule()).as(violation.getMessage()).isIn(mutant.findable());
          return;
        }
      }
    }
    fail(mutant + " kept every rule in " + HISTORIES + " histories");
  }
}
