package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From {@code kill -9} of a slot's process until a reader has the event, with 200 live slots,
 * beside the moment at which a bare monitor of the bus sees systemd's first signal about it.
 */
final class Deaths {
  private static final int SLOTS = 200;
  private static final int DEATHS = 100;

  private Deaths() {}

  static Void run() throws Exception {
    try (Crowd crowd = new Crowd(SLOTS);
        Monitor monitor = new Monitor(crowd.hal0());
        Readers reader = new Readers(crowd.hal0().port(), 1)) {
      Samples told = new Samples();
      Samples heard = new Samples();
      for (int death = 0; death < DEATHS; death++) {
        String slot = Crowd.name(death);
        long pid = crowd.hal0().slot(slot).path("unit").path("main_pid").asLong();
        reader.expect(slot);
        monitor.forget(slot);
        long begin = System.nanoTime();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        reader.awaitAll();
        told.add((reader.last() - begin) / 1e6);
        heard.add((monitor.first(slot) - begin) / 1e6);
      }
      Samples.print("death to event, %d slots: %s", SLOTS, told);
      Samples.print("     beside a bare monitor's first signal: %s", heard);
      Samples.print(
          "     p99 of the one to p99 of the other: %.1f; resident %d MiB",
          told.at(99) / heard.at(99), crowd.daemon().resident());
    }
    return null;
  }

  /** {@code busctl monitor}: when each slot's unit was first heard of. */
  private static final class Monitor implements AutoCloseable {
    private static final String PATH = "/org/freedesktop/systemd1/unit/hal0_2dslot_40";

    private final Process process;
    private final Map<String, Long> first = new ConcurrentHashMap<>();
    private volatile boolean listening;

    Monitor(Hal0 hal0) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              "busctl", "--user", "--json=short", "monitor", "org.freedesktop.systemd1");
      builder.environment().putAll(hal0.systemd().environment());
      process = builder.redirectErrorStream(true).start();
      Thread.ofPlatform().daemon().start(this::read);
      Await.until("busctl listens", Await.LONG, () -> listening);
    }

    /** Only what comes from now on counts. */
    void forget(String slot) {
      first.remove(slot);
    }

    private void read() {
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          long now = System.nanoTime();
          // It says that it monitors before the first message.
          listening = true;
          int at = line.indexOf(PATH);
          if (at >= 0 && line.contains("PropertiesChanged")) {
            int begin = at + PATH.length();
            first.putIfAbsent(line.substring(begin, line.indexOf("_2eservice", begin)), now);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    long first(String slot) {
      return Await.value(
          "a signal about " + slot, Await.LONG, () -> first.get(slot), at -> at != null);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
