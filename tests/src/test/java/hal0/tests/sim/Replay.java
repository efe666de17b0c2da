package hal0.tests.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Runs histories, and says how to see a failed one again. */
final class Replay {
  private static final int LAST_LINES = Integer.getInteger("hal0.sim.lines", 60);
  private static final int THREADS = Integer.getInteger("hal0.sim.threads", 2);

  /** So many are handed to the threads at once. */
  private static final int BATCH = 100;

  private Replay() {}

  /**
   * Runs many, on some threads: worlds share nothing.
   *
   * @param reports takes each report, in the order of the seeds
   * @throws AssertionError for the first of the seeds that breaks a rule
   */
  static void runAll(long first, int histories, FaultLog log, Consumer<History.Report> reports)
      throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int done = 0; done < histories; done += BATCH) {
        List<Future<History.Report>> batch = new ArrayList<>();
        for (int i = done; i < Math.min(done + BATCH, histories); i++) {
          long seed = first + i;
          batch.add(threads.submit(() -> run(seed, log)));
        }
        for (Future<History.Report> one : batch) {
          reports.accept(one.get());
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AssertionError broken ? broken : new AssertionError(e);
    }
  }

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
        + ", line "
        + trace.size()
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
