package hal0.app.api;

import hal0.slots.SlotManager;
import java.util.List;
import java.util.Optional;

/** The streams of transitions. */
public final class StreamRoutes {
  private final SlotManager slots;
  private final RenderedSlots rendered = new RenderedSlots();

  /** Streams of these slots. */
  public StreamRoutes(SlotManager slots) {
    this.slots = slots;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/api/slots/stream", exchange -> stream(exchange, Optional.empty())),
        Route.open("GET", "/api/slots/{name}/state/stream", this::ofOne));
  }

  private void ofOne(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    SlotRoutes.present(slots, name);
    stream(exchange, Optional.of(name));
  }

  private void stream(Exchange exchange, Optional<String> only) throws Exception {
    exchange.stream(
        out -> {
          Optional<String> lastId = exchange.header("Last-Event-ID");
          new EventStream(slots, only, rendered, out)
              .run(lastId, () -> exchange.stopping().isDone());
        });
  }
}
