package hal0.tests.sim;

import java.util.List;

/** Runs one history, and says how to see a failed one again. */
final class Replay {
  private static final int LAST_LINES = Integer.getInteger("hal0.sim.lines", 60);

  private Replay() {}

  static History.Report run(long seed, FaultLog log) {
    History history = new History(seed);
    log.clear();
    try {
      History.Report report = history.run();
      log.check();
      return report;
    } catch (RuntimeException | Error broken) {
      throw new AssertionError(describe(seed, broken, log, history.trace()), broken);
    }
  }

  private static String describe(long seed, Throwable broken, FaultLog log, List<String> trace) {
    List<String> last = trace.subList(Math.max(0, trace.size() - LAST_LINES), trace.size());
    return "history "
        + seed
        + ": "
        + broken.getMessage()
        + "\n"
        + String.join("\n", last)
        + (log.isEmpty() ? "" : "\nlogged: " + log)
        + "\n"
        + "again: mvn -pl tests -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=SimulationTest"
        + " -Dhal0.sim.seed="
        + seed
        + " -Dhal0.sim.histories=1 package";
  }
}
