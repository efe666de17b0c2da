package hal0.app.api;

import hal0.slots.SlotManager;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What slots' units wrote. */
public final class LogRoutes {
  private static final int MOST = 10_000;
  private static final int USUAL = 200;
  private static final int QUEUED = 1000;

  private final SlotManager slots;
  private final LogPort logs;
  private final Clockwork clockwork;

  /** Routes to these slots' logs. */
  public LogRoutes(SlotManager slots, LogPort logs, Clockwork clockwork) {
    this.slots = slots;
    this.logs = logs;
    this.clockwork = clockwork;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/api/slots/{name}/logs", this::tail),
        Route.open("GET", "/api/slots/{name}/logs/stream", this::follow));
  }

  private void tail(Exchange exchange) throws IOException, InterruptedException {
    String name = SlotRoutes.present(slots, exchange.slotName()).name();
    LogPort.Tail tail = logs.tail(name, exchange.count("lines", USUAL, MOST));
    exchange.json(
        200,
        json -> {
          json.writeStartObject();
          json.writeStringField("name", name);
          json.writeFieldName("lines");
          JsonOut.any(json, tail.lines());
          json.writeStringField("logs", JsonOut.wellFormed(String.join("\n", tail.lines())));
          if (tail.hint().isPresent()) {
            JsonOut.text(json, "hint", tail.hint());
          }
          json.writeEndObject();
        });
  }

  private void follow(Exchange exchange) throws IOException, InterruptedException {
    String name = SlotRoutes.present(slots, exchange.slotName()).name();
    int count = exchange.count("lines", USUAL, MOST);
    exchange.stream(
        out -> {
          Optional<LogPort.Lines> lines = open(name, count, out);
          if (lines.isPresent()) {
            try (LogPort.Lines open = lines.get()) {
              send(exchange, out, open);
            }
          }
          out.end();
        });
  }

  private Optional<LogPort.Lines> open(String name, int count, SseWriter out) throws IOException {
    try {
      return Optional.of(logs.follow(name, count));
    } catch (IOException e) {
      hint(out, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static void hint(SseWriter out, String text) throws IOException {
    out.event("hint", Optional.empty(), json -> JsonOut.any(json, Map.of("hint", text)));
  }

  private void send(Exchange exchange, SseWriter out, LogPort.Lines lines)
      throws IOException, InterruptedException {
    BlockingQueue<Optional<String>> queue = new ArrayBlockingQueue<>(QUEUED);
    AtomicBoolean left = new AtomicBoolean();
    clockwork.execute(() -> pump(lines, queue, left));
    try {
      while (!exchange.stopping().isDone()) {
        Optional<String> line = queue.poll(1, TimeUnit.SECONDS);
        if (line == null) {
          out.keepAlive();
        } else if (line.isPresent()) {
          out.event(
              "line", Optional.empty(), json -> JsonOut.any(json, Map.of("line", line.get())));
        } else {
          return;
        }
      }
    } finally {
      left.set(true);
    }
  }

  /**
   * Ends when the lines do, which closing them makes them, or when nobody reads. A full queue makes
   * them wait.
   */
  private static void pump(
      LogPort.Lines lines, BlockingQueue<Optional<String>> queue, AtomicBoolean left) {
    try {
      Optional<String> line;
      do {
        line = lines.next();
        while (!queue.offer(line, 1, TimeUnit.SECONDS)) {
          if (left.get()) {
            return;
          }
        }
      } while (line.isPresent());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
