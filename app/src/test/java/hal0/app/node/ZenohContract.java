package hal0.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.app.api.FakeSlots;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.WorkerChannels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the node does on a bus, whatever router it is. */
abstract class ZenohContract {
  static final String STATUS = "local/llm/status";
  static final String REQUEST = "local/llm/request";
  static final String RESPONSE = "local/llm/response";
  private static final String JSON = "application/json";

  final FakeSlots slots = new FakeSlots();
  ChatStandIn upstream;
  Router router;
  ReadinessBoard board;
  Zenoh zenoh;

  abstract Router router() throws Exception;

  @BeforeEach
  void open() throws Exception {
    upstream = new ChatStandIn();
    slots.with("chat", upstream.port());
    slots.move("chat", SlotState.READY, Reason.LOADED, "", "qwen3-4b");
    router = router();
    start("1");
  }

  /** Starts the node's part, and waits until it is on the bus. */
  void start(String strict) throws Exception {
    ZenohSettings settings =
        ZenohSettings.of(
            Map.of(
                "HAL0_ZENOH_ENABLED",
                "yes",
                "HAL0_ZENOH_ENDPOINT",
                router.url() + "/",
                "HAL0_ZENOH_STRICT",
                strict));
    SystemClockwork clock = new SystemClockwork();
    board =
        new ReadinessBoard(
            new ReadinessBoard.Node("box", "boot"),
            slots,
            slots::isConnected,
            new Requirements(List.of(), name -> true),
            Zenoh.before(settings),
            clock);
    zenoh =
        new Zenoh(
            settings,
            board,
            slots,
            new LocalChooser(slots),
            new WorkerChannels(name -> Path.of("/nonexistent", name), clock),
            Map.of(),
            clock);
    zenoh.start();
    awaitBus(true);
  }

  @AfterEach
  void close() {
    upstream.held.countDown();
    zenoh.close();
    router.close();
    upstream.close();
  }

  void awaitBus(boolean connected) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    Snapshot now = board.look();
    while (now.bus().connected() != connected) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the bus is " + now.bus());
      }
      now = board.await(now.seq(), java.time.Duration.ofSeconds(1));
    }
  }

  static String request(String id, String model, String text) {
    return "{\"request_id\":\"%s\",\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":9,\"temperature\":0.5}"
        .formatted(id, model, text);
  }

  @Test
  void heartbeatsComeByThemselvesAndOnChange() throws Exception {
    try (BusTap tap = new BusTap(router.url(), STATUS)) {
      JsonNode first = tap.next(one -> one.path("readiness").asText().equals("ready"));
      JsonNode second = tap.next(one -> one.path("readiness").asText().equals("ready"));
      slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "", "");
      JsonNode changed = tap.next(one -> one.path("readiness").asText().equals("unavailable"));

      assertThat(first.get("service").asText()).isEqualTo("hal0");
      assertThat(first.at("/bus/connected").asBoolean()).isTrue();
      assertThat(second.get("timestamp_ms").asLong())
          .isGreaterThan(first.get("timestamp_ms").asLong());
      assertThat(changed.get("seq").asLong()).isGreaterThan(second.get("seq").asLong());
      assertThat(changed.at("/slots/chat/state").asText()).isEqualTo("error");
    }
  }

  @Test
  void theLastHeartbeatSaysStopping() throws Exception {
    try (BusTap tap = new BusTap(router.url(), STATUS)) {
      zenoh.close();
      JsonNode last = tap.next(one -> one.path("reason").asText().equals("stopping"));

      assertThat(last.get("readiness").asText()).isEqualTo("unavailable");
    }
  }

  @Test
  void aRequestIsRunOnceAndAnsweredEachTime() throws Exception {
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      upstream.held = new CountDownLatch(1);
      tap.publish(REQUEST, JSON, request("r1", "chat", "hello"));
      tap.publish(REQUEST, "", request("r1", "chat", "hello"));
      upstream.held.countDown();
      JsonNode first = tap.answer("r1");
      JsonNode second = tap.answer("r1");
      tap.publish(REQUEST, "text/plain", request("r1", "chat", "hello"));
      JsonNode third = tap.answer("r1");

      assertThat(first.get("content").asText()).isEqualTo("you said hello");
      assertThat(first.get("model").asText()).isEqualTo("chat");
      assertThat(first.has("error")).isFalse();
      assertThat(first.get("inference_time_ms").asLong()).isNotNegative();
      assertThat(first.get("timestamp_ms").asLong()).isGreaterThan(1_700_000_000_000L);
      assertThat(List.of(second, third)).containsOnly(first);
      assertThat(upstream.asked).hasSize(1);
      JsonNode asked = upstream.asked.getFirst();
      assertThat(asked.get("model").asText()).isEqualTo("qwen3-4b");
      assertThat(asked.get("max_tokens").asInt()).isEqualTo(9);
      assertThat(asked.get("temperature").asDouble()).isEqualTo(0.5);
      assertThat(asked.get("stream").asBoolean()).isFalse();
    }
  }

  @Test
  void garbageIsAnsweredToo() throws Exception {
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      List<String> garbage =
          List.of("not json", "[1,2]", "\"text\"", "{}", "{\"request_id\":7}", "null", "");
      for (String one : garbage) {
        tap.publish(REQUEST, JSON, one);
        JsonNode answer = tap.next(any -> true);
        assertThat(answer.get("error").asText()).as(one).isEqualTo("bad_request");
        assertThat(answer.get("content").asText()).as(one).isEmpty();
      }
      tap.publish(REQUEST, "text/plain", "{\"request_id\":\"r9\",\"messages\":5}");
      assertThat(tap.answer("r9").get("error").asText()).isEqualTo("bad_request");
      tap.publish(REQUEST, JSON, request("r10", "no-such", "x"));
      assertThat(tap.answer("r10").get("reason").asText()).contains("no-such");
      assertThat(upstream.asked).isEmpty();
    }
  }

  @Test
  void aNodeThatIsNotReadyRefusesAndCallsNobody() throws Exception {
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      slots.with("embed", 9);
      tap.publish(REQUEST, JSON, request("r1", "chat", "hello"));
      JsonNode refused = tap.answer("r1");

      assertThat(refused.get("error").asText()).isEqualTo("backend_unavailable");
      assertThat(refused.get("readiness").asText()).isEqualTo("degraded");
      assertThat(refused.get("reason").asText()).contains("embed (offline)");
      assertThat(refused.get("content").asText()).isEmpty();
      assertThat(upstream.asked).isEmpty();
    }
  }

  @Test
  void whereItIsNotStrictTheSlotDecides() throws Exception {
    zenoh.close();
    start("0");
    slots.with("embed", 9);
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      tap.publish(REQUEST, JSON, request("r1", "chat", "hello"));
      tap.publish(REQUEST, JSON, request("r2", "embed", "hello"));
      JsonNode refused =
          tap.next(one -> one.path("request_id").asText().equals("r2") || served(one));
      JsonNode other = tap.next(one -> true);
      List<JsonNode> both = List.of(refused, other);

      assertThat(both).anyMatch(ZenohContract::served);
      assertThat(both)
          .anyMatch(
              one ->
                  one.path("error").asText().equals("backend_unavailable")
                      && one.path("readiness").asText().equals("degraded"));
    }
  }

  private static boolean served(JsonNode answer) {
    return answer.path("content").asText().equals("you said hello");
  }

  @Test
  void anUpstreamThatFailsIsSaidToHaveFailed() throws Exception {
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      upstream.status = 500;
      tap.publish(REQUEST, JSON, request("r1", "qwen3-4b", "hello"));
      JsonNode failed = tap.answer("r1");

      assertThat(failed.get("error").asText()).isEqualTo("inference failed");
      assertThat(failed.get("model").asText()).isEqualTo("qwen3-4b");
      assertThat(board.look().readiness().state()).isEqualTo(NodeState.READY);
    }
  }

  @Test
  void aRouterThatGoesAwayIsSaidAndComesBack() throws Exception {
    router.stop();
    awaitBus(false);
    assertThat(board.look().readiness().state()).isEqualTo(NodeState.READY);
    router.start();
    awaitBus(true);
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      tap.publish(REQUEST, JSON, request("r1", "chat", "hello"));

      assertThat(tap.answer("r1").get("content").asText()).isEqualTo("you said hello");
    }
  }
}
