package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What hal0 takes: the list of slots beside the smallest answer of the same server, memory, a death
 * until its event, and the status command beside systemctl. Compare within one run; absolute times
 * differ between machines.
 */
public final class Bench {
  private static final int WARM = 2000;
  private static final int ROUNDS = 1000;
  private static final int DEATHS = 40;
  private static final int COMMANDS = 30;
  private static final String SLOT = "bench";

  private Bench() {}

  /** Runs all of it; takes some three minutes. */
  public static void main(String[] arguments) throws Exception {
    for (int slots : new int[] {0, 1, 10, 50, 200}) {
      try (PrivateSystemd systemd = PrivateSystemd.start();
          Hal0 hal0 = Hal0.start(systemd)) {
        list(hal0, slots);
      }
    }
    try (PrivateSystemd systemd = PrivateSystemd.start();
        Hal0 hal0 = Hal0.start(systemd)) {
      deaths(hal0);
      commands(hal0);
    }
  }

  private static void list(Hal0 hal0, int slots) throws Exception {
    for (int slot = 0; slot < slots; slot++) {
      hal0.writeSlot("slot" + slot, SlotText.llama());
    }
    Await.until("all are listed", Await.LONG, () -> hal0.get("/api/slots").json().size() == slots);
    double[] list = ask(hal0, "/api/slots");
    double[] least = ask(hal0, "/healthz");
    print(
        "%3d slots: list median %.2f ms, p95 %.2f; /healthz median %.2f, p95 %.2f; resident %d MiB",
        slots,
        at(list, 50),
        at(list, 95),
        at(least, 50),
        at(least, 95),
        resident(hal0.daemon().pid()));
  }

  private static double[] ask(Hal0 hal0, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(hal0.uri(path)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      double[] took = new double[ROUNDS];
      for (int round = -WARM; round < ROUNDS; round++) {
        long begin = System.nanoTime();
        client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (round >= 0) {
          took[round] = (System.nanoTime() - begin) / 1e6;
        }
      }
      Arrays.sort(took);
      return took;
    }
  }

  private static long resident(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    return 0;
  }

  private static void deaths(Hal0 hal0) {
    hal0.addSlot(SLOT, SlotText.llama().set("run", "restart", "\"no\""));
    double[] took = new double[DEATHS];
    try (Events events = hal0.events("/api/slots/stream")) {
      for (int death = 0; death < DEATHS; death++) {
        hal0.verb(SLOT, "load");
        long pid = hal0.slot(SLOT).path("unit").path("main_pid").asLong();
        int before = events.transitions(SLOT).size();
        Instant begin = Instant.now();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Events.Event event =
            Await.value(
                "the death is told",
                Await.LONG,
                () ->
                    events.transitions(SLOT).stream()
                        .skip(before)
                        .filter(one -> one.edge().startsWith("ready>error"))
                        .findFirst()
                        .orElse(null),
                one -> one != null);
        took[death] = Duration.between(begin, event.at()).toNanos() / 1e6;
      }
    }
    Arrays.sort(took);
    print(
        "death to event, %d kills: median %.1f ms, p95 %.1f, max %.1f",
        DEATHS, at(took, 50), at(took, 95), took[DEATHS - 1]);
  }

  private static void commands(Hal0 hal0) throws IOException, InterruptedException {
    double[] own = new double[COMMANDS];
    double[] systemctl = new double[COMMANDS];
    for (int round = 0; round < COMMANDS; round++) {
      own[round] = time(hal0, List.of(Hal0.launcher().toString(), "slots", "status"));
      systemctl[round] = time(hal0, List.of("systemctl", "--user", "is-active", Hal0.unit(SLOT)));
    }
    Arrays.sort(own);
    Arrays.sort(systemctl);
    print(
        "hal0 slots status: median %.0f ms, p95 %.0f; systemctl --user is-active: median %.0f ms",
        at(own, 50), at(own, 95), at(systemctl, 50));
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

  private static double at(double[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
