package hal0.tests.bench;

import hal0.tests.bed.Hal0;
import java.io.IOException;
import java.util.List;

/** {@code hal0 slots status}, the whole command, beside {@code systemctl --user is-active}. */
final class Commands {
  private static final int ROUNDS = 40;
  private static final int SLOTS = 5;

  private Commands() {}

  static Void run() throws Exception {
    Samples own = new Samples();
    Samples systemctl = new Samples();
    try (Crowd crowd = new Crowd(SLOTS)) {
      Hal0 hal0 = crowd.hal0();
      for (int round = 0; round < ROUNDS; round++) {
        own.add(time(hal0, List.of(Hal0.launcher().toString(), "slots", "status")));
        systemctl.add(
            time(hal0, List.of("systemctl", "--user", "is-active", Hal0.unit(Crowd.name(0)))));
      }
    }
    Samples.print("hal0 slots status: %s", own);
    Samples.print("     beside systemctl --user is-active: %s", systemctl);
    return null;
  }

  private static double time(Hal0 hal0, List<String> argv)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(hal0.systemd().environment());
    builder.environment().put("HAL0_URL", "http://127.0.0.1:" + hal0.port());
    long begin = System.nanoTime();
    builder.start().waitFor();
    return (System.nanoTime() - begin) / 1e6;
  }
}
