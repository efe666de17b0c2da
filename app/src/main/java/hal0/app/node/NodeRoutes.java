package hal0.app.node;

import hal0.app.api.Exchange;
import hal0.app.api.Route;
import hal0.app.api.SseWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The node's readiness over HTTP. */
public final class NodeRoutes {
  /** A heartbeat comes at least so often. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** Heartbeats of changes are at least so far apart: a burst is told once. */
  static final Duration GAP = Duration.ofMillis(200);

  private final ReadinessBoard board;

  /** Routes to this board. */
  public NodeRoutes(ReadinessBoard board) {
    this.board = board;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/api/readiness", this::readiness),
        Route.open("GET", "/api/readiness/stream", exchange -> exchange.stream(this::stream)));
  }

  private void readiness(Exchange exchange) throws IOException {
    exchange.json(200, board.look().json());
  }

  private void stream(SseWriter out) throws IOException, InterruptedException {
    Snapshot now = board.look();
    out.event("heartbeat", Optional.empty(), now::write);
    while (!now.last()) {
      board.rest(GAP);
      now = board.await(now.seq(), BEAT.minus(GAP));
      out.event("heartbeat", Optional.empty(), now::write);
    }
    out.end();
  }
}
