package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import java.io.UncheckedIOException;

/**
 * From the launch of the daemon until its first answer, and until twenty slots that ran on without
 * it are adopted, beside the same JVM with nothing to do ({@code hal0 --version}).
 */
final class Starts {
  private static final int SLOTS = 20;
  private static final int STARTS = 15;

  private Starts() {}

  static Void run() throws Exception {
    Samples nothing = new Samples();
    Samples answers = new Samples();
    Samples ready = new Samples();
    Samples adopted = new Samples();
    try (Crowd crowd = new Crowd(SLOTS)) {
      Hal0 hal0 = crowd.hal0();
      for (int start = 0; start < STARTS; start++) {
        hal0.kill9();
        long begin = System.nanoTime();
        hal0.cli("--version").orThrow();
        nothing.since(begin);
        begin = System.nanoTime();
        hal0.launch();
        Await.until("an answer", Await.LONG, () -> isAnswered(hal0, "/healthz"));
        answers.since(begin);
        Await.until("all are adopted", Await.LONG, crowd::isReady);
        adopted.since(begin);
        Await.until("it is ready", Await.LONG, () -> isAnswered(hal0, "/readyz"));
        ready.since(begin);
      }
    }
    Samples.print("launch to the first answer: %s", answers);
    Samples.print("     until %d slots are adopted and routable: %s", SLOTS, adopted);
    Samples.print("     until /readyz says so: %s", ready);
    Samples.print("     beside hal0 --version: %s", nothing);
    return null;
  }

  private static boolean isAnswered(Hal0 hal0, String path) {
    try {
      return hal0.get(path).status() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }
}
