package hal0.tests.bench;

import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Processor time of a daemon that has nothing to do but to probe 50 ready slots every ten seconds,
 * beside one without slots and the same JVM without hal0, all in the same minutes.
 */
final class Idle {
  private static final int SLOTS = 50;
  private static final int SETTLING = 90;
  private static final int SECONDS = 120;

  private Idle() {}

  static Void run() throws Exception {
    try (PrivateSystemd systemd = PrivateSystemd.start();
        Hal0 empty = Hal0.start(systemd);
        Crowd crowd = new Crowd(SLOTS)) {
      Process nothing = nothing(new Watched(empty.daemon().pid()));
      try {
        List<Watched> all =
            List.of(crowd.daemon(), new Watched(empty.daemon().pid()), new Watched(nothing.pid()));
        Thread.sleep(SETTLING * 1000L);
        List<Double> before = seconds(all);
        Thread.sleep(SECONDS * 1000L);
        List<Double> after = seconds(all);
        List<String> names =
            List.of(SLOTS + " ready slots", "no slots", "the same JVM doing nothing");
        for (int one = 0; one < all.size(); one++) {
          Samples.print(
              "idle, %s: %.2f CPU-seconds a minute, resident %d MiB",
              names.get(one),
              (after.get(one) - before.get(one)) * 60 / SECONDS,
              all.get(one).resident());
        }
      } finally {
        nothing.destroyForcibly();
      }
    }
    return null;
  }

  private static List<Double> seconds(List<Watched> all) throws IOException {
    List<Double> seconds = new ArrayList<>();
    for (Watched one : all) {
      seconds.add(one.processorSeconds());
    }
    return seconds;
  }

  /** The daemon's own command line with another main class behind it. */
  private static Process nothing(Watched daemon) throws IOException {
    List<String> argv = new ArrayList<>(daemon.arguments());
    int path = argv.indexOf("-cp") + 1;
    Path classes = Path.of("tests/target/classes").toAbsolutePath();
    argv.set(path, argv.get(path) + File.pathSeparator + classes);
    argv.subList(path + 1, argv.size()).clear();
    argv.add(Nothing.class.getName());
    return new ProcessBuilder(argv)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Waits until it is ended. */
  static final class Nothing {
    private Nothing() {}

    public static void main(String[] arguments) throws InterruptedException {
      Thread.currentThread().join();
    }
  }
}
