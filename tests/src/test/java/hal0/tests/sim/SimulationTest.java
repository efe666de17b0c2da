package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Seeded histories of a daemon in a world that breaks. The seeds are fixed, so that a run is the
 * same every time; {@code -Dhal0.sim.histories=N} makes more of them and {@code -Dhal0.sim.seed=N}
 * begins elsewhere.
 */
class SimulationTest {
  private static final long FIRST = Long.getLong("hal0.sim.seed", 1);
  private static final int HISTORIES = Integer.getInteger("hal0.sim.histories", 2_000);
  private static final int MANY = Integer.getInteger("hal0.sim.histories", 15_000);

  private static FaultLog log;

  @BeforeAll
  static void listen() {
    log = FaultLog.open();
  }

  @AfterAll
  static void stopListening() {
    log.close();
  }

  /** What a batch of histories came to. */
  private static final class Sum {
    private final Set<String> edges = new TreeSet<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private long steps;
    private long commands;

    private void add(History.Report report) {
      assertThat(report.steps()).isGreaterThanOrEqualTo(History.STEPS);
      assertThat(report.faultCount()).isGreaterThanOrEqualTo(History.FAULTS);
      assertThat(report.faults().keySet())
          .as("kinds of faults in history " + report.seed())
          .containsExactlyInAnyOrder(Fault.values());
      edges.addAll(report.edges());
      report.faults().forEach((fault, times) -> faults.merge(fault, times, Integer::sum));
      steps += report.steps();
      commands += report.answered();
    }
  }

  private static void runAll(int histories) throws InterruptedException {
    Sum sum = new Sum();
    Replay.runAll(FIRST, histories, log, sum::add);
    System.out.printf(
        "simulation: %d histories from seed %d, %d steps, %d faults of %d kinds, %d commands"
            + " answered, %d edges%n",
        histories,
        FIRST,
        sum.steps,
        sum.faults.values().stream().mapToInt(Integer::intValue).sum(),
        sum.faults.size(),
        sum.commands,
        sum.edges.size());
    if (Boolean.getBoolean("hal0.sim.edges")) {
      sum.edges.forEach(System.out::println);
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES) // half a minute when nothing else runs
  void everyHistoryKeepsTheRules() throws InterruptedException {
    runAll(HISTORIES);
  }

  @Test
  @Tag("full")
  @Timeout(value = 10, unit = TimeUnit.HOURS) // as long as it takes for as many as are wanted
  void manyHistoriesKeepTheRules() throws InterruptedException {
    runAll(MANY);
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    for (long seed = FIRST; seed < FIRST + 3; seed++) {
      List<String> first = Replay.run(seed, log).trace();
      assertThat(Replay.run(seed, log).trace()).isEqualTo(first).hasSizeGreaterThan(History.STEPS);
    }
  }
}
