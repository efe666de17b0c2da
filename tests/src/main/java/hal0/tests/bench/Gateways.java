package hal0.tests.bench;

import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests through hal0 beside a direct connection and nginx, in turns: a small answer, the first
 * event of a stream, 64 connections at once, a GiB; and what 2,000 open streams hold, and how long
 * a refusal takes.
 */
final class Gateways {
  private static final int ROUNDS = 40;
  private static final int CALLS = 100;
  private static final int WARM = 10;
  private static final int CONNECTIONS = 64;
  private static final int STREAMS = 2000;
  private static final Duration SLICE = Duration.ofSeconds(2);
  private static final int SLICES = 5;
  private static final ByteBuffer CHAT = Caller.chat("tiny", false);
  private static final ByteBuffer STREAM = Caller.chat("tiny", true);

  private final Hal0 hal0;
  private final Watched daemon;
  private final Map<String, Integer> ways = new LinkedHashMap<>();

  private Gateways(Hal0 hal0, int origin, Optional<Nginx> nginx) {
    this.hal0 = hal0;
    daemon = new Watched(hal0.daemon().pid());
    ways.put("direct", origin);
    nginx.ifPresent(one -> ways.put("nginx", one.port()));
    ways.put("hal0", hal0.port());
  }

  static Void run() throws Exception {
    SlotText slot = SlotText.llama();
    List<String> command = new ArrayList<>(Origin.command());
    command.add("{port}");
    slot.command(command.toArray(String[]::new)).set("probe", "interval", "\"10s\"");
    try (PrivateSystemd systemd = PrivateSystemd.start();
        Hal0 hal0 = Hal0.start(systemd)) {
      hal0.addSlot("tiny", slot);
      hal0.addSlot("asleep", SlotText.llama().model("other"));
      hal0.verb("tiny", "load");
      Optional<Nginx> nginx = Nginx.before(slot.port());
      if (nginx.isEmpty()) {
        Samples.print("nginx is not installed (apt-get install nginx-light): nothing of it");
      }
      try {
        new Gateways(hal0, slot.port(), nginx).measure();
      } finally {
        nginx.ifPresent(Nginx::close);
      }
    }
    return null;
  }

  private void measure() throws Exception {
    Samples.print("resident at first: %d MiB", daemon.resident());
    beside("a small answer", this::answer);
    beside("a stream's first event", this::begin);
    throughput();
    refusals();
    big();
    streams();
  }

  private interface Kind {
    void once(int port, Caller caller, Samples took) throws IOException;
  }

  private void answer(int port, Caller caller, Samples took) throws IOException {
    long begin = System.nanoTime();
    caller.ask(CHAT);
    took.since(begin);
  }

  private void begin(int port, Caller kept, Samples took) throws IOException {
    try (Caller caller = new Caller(port)) {
      long begin = System.nanoTime();
      caller.begin(STREAM);
      took.since(begin);
    }
  }

  /** In turns, so that what else the machine does falls on all alike. */
  private void beside(String what, Kind kind) throws IOException {
    Map<String, Samples> all = new LinkedHashMap<>();
    for (int round = -WARM; round < ROUNDS; round++) {
      for (Map.Entry<String, Integer> way : ways.entrySet()) {
        Samples took = new Samples();
        try (Caller caller = new Caller(way.getValue())) {
          for (int call = 0; call < CALLS; call++) {
            kind.once(way.getValue(), caller, took);
          }
        }
        if (round >= 0) {
          all.computeIfAbsent(way.getKey(), key -> new Samples()).addAll(took);
        }
      }
    }
    double floor = all.get("direct").at(50);
    for (Map.Entry<String, Samples> way : all.entrySet()) {
      Samples.print(
          "%s, %s: %s; added at the median %.3f ms",
          what, way.getKey(), way.getValue(), way.getValue().at(50) - floor);
    }
  }

  private void throughput() throws IOException {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    for (int slice = -1; slice < SLICES; slice++) {
      for (Map.Entry<String, Integer> way : ways.entrySet()) {
        double cpu = daemon.processorSeconds();
        double rate;
        try (Callers callers = new Callers(way.getValue(), CONNECTIONS, CHAT)) {
          rate = callers.askFor(SLICE);
        }
        if (slice >= 0) {
          rates.computeIfAbsent(way.getKey(), key -> new ArrayList<>()).add(rate);
        }
        if (way.getKey().equals("hal0")) {
          double used = (daemon.processorSeconds() - cpu) * 1e6 / (rate * SLICE.toSeconds());
          Samples.print("     hal0: %.0f a second, %.0f µs of processor time each", rate, used);
        }
      }
    }
    for (Map.Entry<String, List<Double>> way : rates.entrySet()) {
      StringJoiner slices = new StringJoiner(", ");
      way.getValue().forEach(rate -> slices.add(String.format(Locale.ROOT, "%.0f", rate)));
      double median = way.getValue().stream().sorted().skip(SLICES / 2).findFirst().orElseThrow();
      Samples.print(
          "%d connections, %s: %.0f answers a second (%s)",
          CONNECTIONS, way.getKey(), median, slices);
    }
    Samples.print("     resident: %d MiB", daemon.resident());
  }

  private void refusals() throws IOException {
    ByteBuffer offline = Caller.chat("asleep", false);
    ByteBuffer unknown = Caller.chat("nobody", false);
    ByteBuffer health = Caller.get("/healthz");
    Map<String, ByteBuffer> requests = new LinkedHashMap<>();
    requests.put("an offline slot", offline);
    requests.put("an unknown model", unknown);
    requests.put("beside, /healthz", health);
    Map<String, Samples> all = new LinkedHashMap<>();
    for (int round = -WARM; round < ROUNDS; round++) {
      for (Map.Entry<String, ByteBuffer> request : requests.entrySet()) {
        try (Caller caller = new Caller(hal0.port())) {
          for (int call = 0; call < CALLS; call++) {
            long begin = System.nanoTime();
            caller.ask(request.getValue());
            if (round >= 0) {
              all.computeIfAbsent(request.getKey(), key -> new Samples()).since(begin);
            }
          }
        }
      }
    }
    all.forEach((what, took) -> Samples.print("refused, %s: %s", what, took));
  }

  private void big() throws IOException {
    for (Map.Entry<String, Integer> way : ways.entrySet()) {
      long before = daemon.resident();
      AtomicLong most = new AtomicLong(before);
      CompletableFuture<Void> over = new CompletableFuture<>();
      Thread watcher = Thread.ofVirtual().start(() -> watch(most, over));
      long begin = System.nanoTime();
      try (Caller caller = new Caller(way.getValue())) {
        String path = way.getKey().equals("hal0") ? "/slots/tiny/v1/big" : "/v1/big";
        caller.readAll(Caller.get(path), Origin.BIG);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      over.complete(null);
      Samples.print(
          "1 GiB, %s: %.2f s, %.0f MiB/s; hal0 resident %d MiB before, %d at most",
          way.getKey(), seconds, 1024 / seconds, before, most.get());
      watcher.interrupt();
    }
  }

  private void watch(AtomicLong most, CompletableFuture<Void> over) {
    try {
      while (!over.isDone()) {
        most.accumulateAndGet(daemon.resident(), Math::max);
        Thread.sleep(50);
      }
    } catch (IOException | InterruptedException ended) {
      // Enough was seen.
    }
  }

  private void streams() throws IOException {
    long before = daemon.resident();
    double cpu = daemon.processorSeconds();
    try (Callers callers = new Callers(hal0.port(), STREAMS, STREAM)) {
      callers.stream(Duration.ofSeconds(20));
      Samples.print(
          "%d open streams with an event a second each: resident %d MiB (%d before), %.1f"
              + " CPU-seconds in all",
          STREAMS, daemon.resident(), before, daemon.processorSeconds() - cpu);
    }
  }
}
