package hal0.tests.bed.standin;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.StringJoiner;

/** What came in so far, for {@code GET /_seen}. Safe for use by many threads. */
final class Seen {
  private static final int KEPT = 200;

  private final Deque<String> requests = new ArrayDeque<>();
  private long total;
  private int inFlight;
  private int aborted;

  /** Remembers a request of {@code /v1/*} that is being answered. */
  synchronized void begin(Exchange exchange) {
    StringJoiner headers = new StringJoiner(",", "[", "]");
    exchange.headers().forEach(header -> headers.add(Json.quote(header)));
    requests.add(
        "{\"method\":"
            + Json.quote(exchange.method())
            + ",\"path\":"
            + Json.quote(exchange.target())
            + ",\"headers\":"
            + headers
            + ",\"bytes\":"
            + exchange.body().length
            + "}");
    if (requests.size() > KEPT) {
      requests.remove();
    }
    total++;
    inFlight++;
  }

  /** It is over. */
  synchronized void end(boolean clientLeft) {
    inFlight--;
    aborted += clientLeft ? 1 : 0;
  }

  synchronized String json(String said) {
    return "{\"said\":"
        + Json.quote(said)
        + ",\"total\":"
        + total
        + ",\"in_flight\":"
        + inFlight
        + ",\"aborted\":"
        + aborted
        + ",\"requests\":["
        + String.join(",", requests)
        + "]}";
  }
}
