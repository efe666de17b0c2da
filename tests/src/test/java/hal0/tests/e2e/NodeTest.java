package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the node says of itself while slots come, fail and go. */
final class NodeTest extends E2e {
  private static final String STREAM = "/api/readiness/stream";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The number of the last heartbeat that was waited for. */
  private long seen;

  /** The next heartbeat with that word and that in its reason, after a change. */
  private JsonNode heartbeat(Events events, String readiness, String reason) {
    JsonNode found =
        events
            .await(
                readiness + " (" + reason + ") after " + seen,
                event ->
                    event.type().equals("heartbeat")
                        && event.data().path("seq").asLong() > seen
                        && event.data().path("readiness").asText().equals(readiness)
                        && event.data().path("reason").asText().contains(reason))
            .data();
    seen = found.path("seq").asLong();
    return found;
  }

  @Test
  void theNodeSaysWhatItsSlotsCanDo() {
    try (Events events = hal0.events(STREAM)) {
      assertThat(heartbeat(events, "ready", "").at("/slots").isEmpty()).isTrue();
      hal0.addSlot("chat", SlotText.llama());
      heartbeat(events, "unavailable", "chat (offline)");
      hal0.addSlot("wakes", SlotText.llama().set("admission", "wake", "true"));
      heartbeat(events, "degraded", "not available: chat (offline)");
      hal0.verb("chat", "load");
      JsonNode ready = hal0.get("/api/readiness").with(200);
      assertThat(ready.path("readiness").asText()).isEqualTo("ready");
      assertThat(ready.path("reason").asText()).isEmpty();
      assertThat(ready.at("/slots/chat/routable").asBoolean()).isTrue();
      assertThat(ready.at("/bus/enabled").asBoolean()).isFalse();
      assertThat(ready.path("backend_initialized").asBoolean()).isTrue();

      hal0.writeSlot("broken", "port = 1\n");
      heartbeat(events, "degraded", "broken (offline, its file cannot be used)");
      Ran shown = hal0.cli("status");
      assertThat(shown.exit()).isZero();
      assertThat(shown.out())
          .containsPattern("readiness +degraded: not available: broken")
          .containsPattern("slots +2 offline, 1 ready")
          .containsPattern("bus +off")
          .containsPattern("daemon +up [0-9]+[smh] at ");
      hal0.removeSlotFile("broken");
      heartbeat(events, "ready", "");

      systemd.killBus();
      JsonNode lost = heartbeat(events, "unavailable", "backend init failed: ");
      assertThat(lost.path("backend_initialized").asBoolean()).isFalse();
      systemd.startBus();
      hal0.await("chat", "routable again", slot -> slot.path("routable").asBoolean());
      String boot = ready.path("boot_id").asText();
      assertThat(hal0.get("/api/readiness").with(200).path("boot_id").asText()).isEqualTo(boot);

      hal0.term();
      heartbeat(events, "unavailable", "stopping");
      hal0.startDaemon();
      seen = 0;
      try (Events again = hal0.events(STREAM)) {
        assertThat(heartbeat(again, "ready", "").path("boot_id").asText()).isNotEqualTo(boot);
      }
    }
  }

  @Test
  void theBusHearsOfTheStartAndOfTheEnd() throws IOException {
    BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    HttpServer router = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    router.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    router.createContext(
        "/local/llm/status",
        put -> {
          heard.add(JSON.readTree(put.getRequestBody().readAllBytes()));
          put.sendResponseHeaders(200, -1);
          put.close();
        });
    router.createContext(
        "/local/llm/request",
        get -> {
          get.getResponseHeaders().set("Content-Type", "text/event-stream");
          get.sendResponseHeaders(200, 0);
          get.getResponseBody().flush();
        });
    router.start();
    hal0.term();
    hal0.env("HAL0_ZENOH_ENABLED", "1")
        .env("HAL0_ZENOH_ENDPOINT", "http://127.0.0.1:" + router.getAddress().getPort());
    hal0.startDaemon();
    try {
      JsonNode up = next(heard, one -> one.at("/bus/connected").asBoolean());
      assertThat(up.path("service").asText()).isEqualTo("hal0");
      assertThat(hal0.cli("status").out()).contains("connected to http://127.0.0.1:");
      hal0.term();
      JsonNode last = next(heard, one -> one.path("reason").asText().equals("stopping"));
      assertThat(last.path("readiness").asText()).isEqualTo("unavailable");
      assertThat(heard).isEmpty();
    } finally {
      router.stop(0);
      hal0.env("HAL0_ZENOH_ENABLED", "").startDaemon();
    }
  }

  private static JsonNode next(BlockingQueue<JsonNode> heard, Predicate<JsonNode> like) {
    return Await.value(
        "a heartbeat", Await.LONG, heard::poll, one -> one != null && like.test(one));
  }

  @Test
  void theCommandSaysWhereItLooked() {
    String nowhere = "http://127.0.0.1:" + Ports.free();
    Ran lost = hal0.cli("status", "--url", nowhere);
    assertThat(lost.exit()).isEqualTo(3);
    assertThat(lost.err()).contains(nowhere);
    Ran json = hal0.cli("status", "--json");
    assertThat(json.out()).startsWith("{\"service\":\"hal0\"");
  }
}
