package hal0.app.api;

import hal0.slots.SlotManager;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Whether the daemon lives, and whether it is ready to be asked. */
public final class HealthRoutes {
  private static final Duration PATIENCE = Duration.ofMillis(900);

  private final Supplier<List<String>> missing;
  private final Clockwork clockwork;

  /**
   * @param missing what is missing for readiness, a sentence for each thing; empty when ready. It
   *     may hang: the answer then says so within a second
   */
  public HealthRoutes(Supplier<List<String>> missing, Clockwork clockwork) {
    this.missing = missing;
    this.clockwork = clockwork;
  }

  /** What is missing as far as these slots know. */
  public static List<String> missing(SlotManager slots) {
    List<String> missing = new ArrayList<>();
    if (!slots.isConnected()) {
      missing.add("systemd cannot be reached");
    }
    if (!slots.isReconciled()) {
      missing.add("not every slot has been looked at since the start");
    }
    return missing;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/healthz", this::health), Route.open("GET", "/readyz", this::ready));
  }

  private void health(Exchange exchange) throws IOException {
    exchange.json(200, json -> JsonOut.any(json, Map.of("status", "ok")));
  }

  private void ready(Exchange exchange) throws IOException, InterruptedException {
    List<String> lacks = ask();
    exchange.json(
        lacks.isEmpty() ? 200 : 503,
        json -> {
          json.writeStartObject();
          json.writeStringField("status", lacks.isEmpty() ? "ready" : "not ready");
          json.writeFieldName("missing");
          JsonOut.any(json, lacks);
          if (!lacks.isEmpty()) {
            ErrorShape.HAL0.error(
                json, Problem.of(Code.DAEMON_NOT_READY, String.join("; ", lacks)));
          }
          json.writeEndObject();
        });
  }

  private List<String> ask() throws InterruptedException {
    CompletableFuture<List<String>> answer = CompletableFuture.supplyAsync(missing, clockwork);
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return List.of("the slots do not answer");
    } catch (ExecutionException e) {
      return List.of("the slots cannot be asked: " + e.getCause());
    }
  }
}
