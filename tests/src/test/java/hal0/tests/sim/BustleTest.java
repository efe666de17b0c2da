package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import hal0.slots.reconcile.FleetPorts;
import hal0.slots.room.Budget;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seeded histories of slots that want more than there is; the seeds are fixed as elsewhere. */
class BustleTest {
  private static final long FIRST = Long.getLong("hal0.sim.seed", 1);
  private static final int HISTORIES = Integer.getInteger("hal0.sim.histories", 500);
  private static final int MANY = Integer.getInteger("hal0.sim.histories", 5_000);
  private static final int LAST_LINES = Integer.getInteger("hal0.sim.lines", 60);

  /** Daemons with one thing wrong each, and the rule that finds it. */
  enum Wrong {
    /** Does not know what the machine has. */
    FORGETS_THE_BUDGET("budget", true, spec -> spec),
    /** Takes a slot that is pinned for any other. */
    IGNORES_PINS(
        "evicted", false, spec -> Slots.needing(spec, spec.needs().memory().orElseThrow(), false)),
    /** Lets everybody in. */
    LETS_ALL_IN("queue", false, Wrong::unlimited);

    private final String rule;
    private final boolean spends;

    @SuppressWarnings("ImmutableEnumChecker") // it keeps nothing
    private final UnaryOperator<SlotSpec> misread;

    Wrong(String rule, boolean spends, UnaryOperator<SlotSpec> misread) {
      this.rule = rule;
      this.spends = spends;
      this.misread = misread;
    }

    private static SlotSpec unlimited(SlotSpec spec) {
      return spec.admission().wake() ? Slots.woken(spec, 0, 0, spec.admission().patience()) : spec;
    }

    FleetPorts changed(FleetPorts honest) {
      FleetPorts.SlotFiles files =
          new FleetPorts.SlotFiles() {
            @Override
            public Map<String, SlotFile> read(Predicate<String> isRunning) throws IOException {
              Map<String, SlotFile> read = new TreeMap<>();
              honest
                  .files()
                  .read(isRunning)
                  .forEach(
                      (name, file) ->
                          read.put(
                              name, file.spec().map(misread).map(SlotFile::usable).orElse(file)));
              return read;
            }

            @Override
            public Budget budget() {
              return spends ? Budget.UNLIMITED : honest.files().budget();
            }
          };
      return new FleetPorts(
          honest.control(),
          honest.watch(),
          honest.probe(),
          honest.store(),
          honest.unitFiles(),
          files,
          honest.tail(),
          honest.use(),
          honest.pulls(),
          honest.clock(),
          honest.bootId());
    }
  }

  private static void runAll(int histories) {
    long admitted = 0;
    long refused = 0;
    long evicted = 0;
    long woken = 0;
    try (FaultLog log = FaultLog.open()) {
      for (long seed = FIRST; seed < FIRST + histories; seed++) {
        Bustle.Report report = run(seed, log);
        admitted += report.admitted();
        refused += report.refused();
        evicted += report.evicted();
        woken += report.woken();
      }
    }
    System.out.printf(
        "bustle: %d histories from seed %d, %d requests let in, %d refused, %d loads woken, %d"
            + " slots evicted%n",
        histories, FIRST, admitted, refused, woken, evicted);
    assertThat(evicted).isGreaterThan(histories);
    assertThat(woken).isGreaterThan(histories);
    assertThat(admitted).isGreaterThan(10L * histories);
    assertThat(refused).isGreaterThan(histories);
  }

  private static Bustle.Report run(long seed, FaultLog log) {
    Bustle bustle = new Bustle(seed);
    log.clear();
    try {
      Bustle.Report report = bustle.run(seed);
      log.check();
      return report;
    } catch (RuntimeException | Error broken) {
      throw new AssertionError(describe(seed, broken, bustle), broken);
    }
  }

  private static String describe(long seed, Throwable broken, Bustle bustle) {
    var trace = bustle.trace();
    return "history "
        + seed
        + ": "
        + broken
        + "\n"
        + String.join("\n", trace.subList(Math.max(0, trace.size() - LAST_LINES), trace.size()))
        + "\nagain: -Dtest=BustleTest -Dhal0.sim.seed="
        + seed
        + " -Dhal0.sim.histories=1";
  }

  @Test
  void howeverMuchIsWantedTheRulesAreKept() {
    runAll(HISTORIES);
  }

  @Test
  @Tag("full")
  void manyHistoriesKeepTheRules() {
    runAll(MANY);
  }

  @ParameterizedTest
  @EnumSource
  void isFound(Wrong wrong) {
    String other = "none";
    try (FaultLog log = FaultLog.open()) {
      for (long seed = 1; seed <= 200; seed++) {
        try {
          new Bustle(seed, wrong::changed).run(seed);
        } catch (Violation violation) {
          if (violation.rule().equals(wrong.rule)) {
            return;
          }
          other = violation.rule() + ": " + violation.getMessage();
        }
      }
    }
    fail(wrong + " was not found; other rules broken: " + other);
  }
}
