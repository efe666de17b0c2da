package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Seeded histories of a daemon in a world that breaks. The seeds are fixed, so that a run is the
 * same every time; {@code -Dhal0.sim.histories=N} makes more of them and {@code -Dhal0.sim.seed=N}
 * begins elsewhere.
 */
class SimulationTest {
  private static final long FIRST = Long.getLong("hal0.sim.seed", 1);
  private static final int HISTORIES = Integer.getInteger("hal0.sim.histories", 300);

  private static FaultLog log;

  @BeforeAll
  static void listen() {
    log = FaultLog.open();
  }

  @AfterAll
  static void stopListening() {
    log.close();
  }

  @Test
  @Timeout(
      value = 60,
      unit = TimeUnit.MINUTES) // seconds on an idle machine; as long as it takes for many histories
  void everyHistoryKeepsTheRules() {
    Set<String> edges = new TreeSet<>();
    int steps = 0;
    int faults = 0;
    int commands = 0;
    for (long seed = FIRST; seed < FIRST + HISTORIES; seed++) {
      History.Report report = Replay.run(seed, log);
      assertThat(report.steps()).isGreaterThanOrEqualTo(History.STEPS);
      assertThat(report.faults().keySet()).containsExactlyInAnyOrder(Fault.values());
      edges.addAll(report.edges());
      steps += report.steps();
      faults += report.faultCount();
      commands += report.answered();
    }
    System.out.printf(
        "simulation: %d histories from seed %d, %d steps, %d faults of %d kinds, %d commands"
            + " answered, %d edges%n",
        HISTORIES, FIRST, steps, faults, Fault.values().length, commands, edges.size());
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    for (long seed = FIRST; seed < FIRST + 3; seed++) {
      assertThat(Replay.run(seed, log).trace()).isEqualTo(Replay.run(seed, log).trace());
    }
  }
}
