package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.room.Budget;
import hal0.slots.room.RoomPlan;
import hal0.slots.spec.SpecProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slots and verbs over real HTTP. */
class SlotRoutesTest {
  private FakeSlots slots;
  private ApiBed bed;

  @BeforeEach
  void start() throws IOException {
    slots = new FakeSlots().with("chat", 8101).with("asr", 8102);
    bed = new ApiBed(slots);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void listsSlotsByName() throws Exception {
    ApiBed.Answer answer = bed.get("/api/slots");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json())
        .extracting(slot -> slot.get("name").asText())
        .containsExactly("asr", "chat");
  }

  @Test
  void aLiveSlotHasEveryField() throws Exception {
    slots.move("chat", SlotState.READY, Reason.LOADED, "serves \ud800 it", "qwen3-4b");

    JsonNode slot = bed.get("/api/slots/chat").json();

    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("name", "chat");
    expected.put("state", "ready");
    expected.put("reason", "loaded");
    expected.put("message", "serves \ufffd it");
    expected.put("model_id", "qwen3-4b");
    expected.put("port", 8101);
    expected.put("updated_at", 1750000000.125);
    expected.put("status", "ready");
    expected.put("models", List.of("qwen3-4b"));
    expected.put("provider", "llama-server");
    expected.put("kind", "local");
    expected.put("backend", "vulkan");
    expected.put("enabled", true);
    expected.put("routable", true);
    expected.put("in_flight", 0);
    Map<String, Object> unit = new LinkedHashMap<>();
    unit.put("name", "hal0-slot@chat.service");
    unit.put("active_state", "active");
    unit.put("sub_state", "running");
    unit.put("main_pid", 4242);
    unit.put("n_restarts", 1);
    unit.put("result", "success");
    unit.put("invocation_id", "0123456789abcdef0123456789abcdef");
    expected.put("unit", unit);
    Map<String, Object> probe = new LinkedHashMap<>();
    probe.put("verdict", "serving");
    probe.put("detail", "serves qwen3-4b");
    probe.put("at", "2025-06-15T15:06:40.125Z");
    probe.put("latency_ms", 1.234);
    probe.put("failures", 0);
    expected.put("probe", probe);
    expected.put("config_drift", false);
    expected.put("config_error", null);
    expected.put("pull", null);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("pinned", false);
    metadata.put("wake", false);
    metadata.put("stale", false);
    metadata.put("observed_at", "2025-06-15T15:06:40.125Z");
    expected.put("metadata", metadata);
    JsonNode wanted = ApiBed.MAPPER.valueToTree(expected);
    assertThat(slot.toPrettyString()).isEqualTo(wanted.toPrettyString());
  }

  @Test
  void whatIsNotKnownIsNull() throws Exception {
    SlotView view =
        new SlotView(
            "broken",
            SlotState.OFFLINE,
            Reason.NEW,
            "its file is not usable",
            "",
            Optional.empty(),
            0,
            List.of(),
            false,
            0,
            FakeSlots.THEN,
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.of("line 3: no"),
            true,
            Optional.empty(),
            Optional.empty());
    slots.put(view);

    JsonNode slot = bed.get("/api/slots/broken").json();

    for (String field : List.of("model_id", "port", "provider", "backend", "enabled", "probe")) {
      assertThat(slot.get(field).isNull()).as(field).isTrue();
    }
    assertThat(slot.get("unit").get("name").asText()).isEqualTo("hal0-slot@broken.service");
    assertThat(slot.get("unit").get("active_state").isNull()).isTrue();
    assertThat(slot.get("config_error").asText()).isEqualTo("line 3: no");
  }

  @Test
  void theStateIsTheShortForm() throws Exception {
    JsonNode state = bed.get("/api/slots/chat/state").json();

    List<String> names = new ArrayList<>();
    state.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .containsExactly("name", "state", "reason", "message", "model_id", "port", "updated_at");
  }

  @Test
  void aLoadAnswersWithTheStateReached() throws Exception {
    ApiBed.Answer plain = bed.post("/api/slots/chat/load", null);
    ApiBed.Answer named = bed.post("/api/slots/asr/load", "{\"model_id\": \"other\"}");

    assertThat(plain.status()).isEqualTo(200);
    assertThat(plain.json().get("state").asText()).isEqualTo("ready");
    assertThat(named.json().get("model_id").asText()).isEqualTo("other");
    assertThat(slots.commands).containsExactly("load chat -", "load asr other");
  }

  @Test
  void theOtherVerbsReachTheSlot() throws Exception {
    assertThat(
            bed.post("/api/slots/chat/swap", "{\"model_id\":\"b\"}")
                .json()
                .get("model_id")
                .asText())
        .isEqualTo("b");
    assertThat(bed.post("/api/slots/chat/restart", "{}").json().get("state").asText())
        .isEqualTo("ready");
    assertThat(bed.post("/api/slots/chat/unload", "").json().get("state").asText())
        .isEqualTo("offline");
    assertThat(slots.commands).containsExactly("swap chat b", "restart chat -", "unload chat -");
  }

  @Test
  void withoutWaitingAVerbAnswersAtOnceAndGoesOn() throws Exception {
    CompletableFuture<Void> loading = slots.hold("chat");

    ApiBed.Answer answer = bed.post("/api/slots/chat/load?wait=0", "{}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().get("state").asText()).isEqualTo("starting");
    loading.complete(null);
    ApiBed.until("ready", () -> slots.view("chat").orElseThrow().state() == SlotState.READY);
  }

  @Test
  void aClientThatLeavesDoesNotEndTheLoad() throws Exception {
    CompletableFuture<Void> loading = slots.hold("chat");
    try (var socket = bed.socket()) {
      String request = "POST /api/slots/chat/load HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      ApiBed.until("loading", () -> slots.view("chat").orElseThrow().state() == SlotState.STARTING);
    }

    loading.complete(null);

    assertThat(bed.get("/api/slots/chat").json().get("state").asText()).isEqualTo("ready");
  }

  @Test
  void anEndingServerTellsThoseWhoWait() throws Exception {
    slots.hold("chat");
    CompletableFuture<ApiBed.Answer> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return bed.post("/api/slots/chat/load", "{}");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    ApiBed.until("loading", () -> slots.view("chat").orElseThrow().state() == SlotState.STARTING);

    bed.server.close();

    ApiBed.Answer answer = waiting.get(60, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.code()).isEqualTo("daemon.stopping");
  }

  @Test
  void everyRefusalHasItsStatusAndCode() throws Exception {
    Map<SlotException, String> expected = new LinkedHashMap<>();
    expected.put(new SlotException.NotFound("chat"), "404 slot.not_found");
    expected.put(new SlotException.Exists("chat", "m"), "409 slot.exists");
    expected.put(
        new SlotException.ConfigError("chat", List.of(new SpecProblem("port", 2, "no"))),
        "400 slot.config_error");
    expected.put(
        new SlotException.IllegalTransition("chat", SlotState.UNLOADING, "m"),
        "409 slot.illegal_transition");
    expected.put(new SlotException.ModelMismatch("chat", "a", "b"), "409 slot.model_mismatch");
    expected.put(new SlotException.Cancelled("chat", "m"), "409 slot.cancelled");
    expected.put(
        new SlotException.HealthFailed("chat", "m", Map.of("result", "x")),
        "503 slot.health_failed");
    expected.put(
        new SlotException.SpawnFailed("chat", "m", Map.of("exit_status", 1)),
        "500 slot.spawn_failed");
    expected.put(new SlotException.PullFailed("chat", "m", Map.of()), "502 slot.pull_failed");
    expected.put(new SlotException.StopFailed("chat", "m", Map.of()), "500 slot.stop_failed");
    expected.put(new SlotException.UnknownModel("chat", "z", "m"), "400 slot.unknown_model");
    expected.put(new SlotException.Unavailable("chat", "m"), "503 systemd.unavailable");
    expected.put(new SlotException.NotSaved("chat", "m", null), "507 slot.not_saved");
    expected.put(
        new SlotException.NoRoom(
            new RoomPlan(
                "chat",
                false,
                List.of(),
                new Budget(0, 0),
                new Budget(0, 0),
                new Budget(0, 0),
                List.of())),
        "409 slot.no_room");
    expected.put(
        new SlotException.NotReady(slots.view("chat").orElseThrow(), Duration.ZERO, ""),
        "503 backend_unavailable");
    expected.put(
        new SlotException.Saturated("chat", 1, 1, Duration.ofSeconds(1)), "429 dispatch.saturated");
    assertThat(expected).hasSize(SlotException.class.getPermittedSubclasses().length);
    for (Map.Entry<SlotException, String> entry : expected.entrySet()) {
      slots.refusals.put("chat", entry.getKey());
      for (String wait : List.of("", "?wait=0")) {
        ApiBed.Answer answer = bed.post("/api/slots/chat/load" + wait, "{}");

        assertThat(answer.status() + " " + answer.code()).isEqualTo(entry.getValue());
        JsonNode error = answer.json().get("error");
        assertThat(error.get("message").asText()).isEqualTo(entry.getKey().getMessage());
        assertThat(error.get("details").get("slot").asText()).isEqualTo("chat");
        entry
            .getKey()
            .details()
            .keySet()
            .forEach(key -> assertThat(error.get("details").has(key)).isTrue());
      }
    }
  }

  @Test
  void aListOfManySlotsIsWhole() throws Exception {
    for (int i = 0; i < 200; i++) {
      slots.with("slot-" + i, 9000 + i);
    }

    assertThat(bed.get("/api/slots").json()).hasSize(202);
  }

  @Test
  void healthAndReadiness() throws Exception {
    assertThat(bed.get("/healthz").status()).isEqualTo(200);
    assertThat(bed.get("/readyz").status()).isEqualTo(200);

    slots.connected = false;
    slots.reconciled = false;

    ApiBed.Answer answer = bed.get("/readyz");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().get("missing")).hasSize(2);
    assertThat(answer.code()).isEqualTo("daemon.not_ready");
  }

  @Test
  void readinessIsToldEvenIfNobodyAnswers() throws Exception {
    CompletableFuture<List<String>> never = new CompletableFuture<>();
    var clockwork = new hal0.slots.time.SystemClockwork();
    var guard =
        new hal0.app.auth.Guard(
            new hal0.app.auth.Token(ApiBed.TOKEN), local(), false, "h", List.of());
    Routes routes = new Routes(new HealthRoutes(never::join, clockwork).routes());
    try (ApiServer server =
        new ApiServer(local(), Optional.empty(), guard, routes, Limits.DEFAULT, clockwork)) {
      server.start();
      var client = java.net.http.HttpClient.newHttpClient();
      var uri = java.net.URI.create("http://127.0.0.1:" + server.address().getPort() + "/readyz");
      var request =
          java.net.http.HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();

      var response = client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("do not answer");
    }
    never.complete(List.of());
  }

  private static java.net.InetSocketAddress local() {
    return new java.net.InetSocketAddress("127.0.0.1", 0);
  }
}
