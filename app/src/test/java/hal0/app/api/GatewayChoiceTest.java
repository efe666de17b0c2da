package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.gateway.GatewayLimits;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which slot a request is for, and what is said where none can have it. */
class GatewayChoiceTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  private static String slot(GatewayBed bed, String path, String body) throws Exception {
    ApiBed.Answer got = bed.post(path, body);
    assertThat(got.status()).as(got.text()).isEqualTo(200);
    return got.header("X-Hal0-Slot");
  }

  @Test
  void aSlotIsFoundByItsNameOrItsModel() throws Exception {
    try (var upstream = RawUpstream.answering(OK);
        var bed =
            new GatewayBed()
                .ready("big", "qwen3-32b", upstream.port)
                .ready("qwen3-4b", "other", upstream.port)
                .ready("small", "qwen3-4b", upstream.port)
                .slot("tts", "", upstream.port, Provider.KOKORO, SlotState.READY, a -> a)) {
      assertThat(slot(bed, CHAT, "{\"model\":\"qwen3-32b\"}")).isEqualTo("big");
      assertThat(slot(bed, CHAT, "{\"model\":\"small\"}")).isEqualTo("small");
      // A name goes before a model.
      assertThat(slot(bed, CHAT, "{\"model\":\"qwen3-4b\"}")).isEqualTo("qwen3-4b");
      assertThat(slot(bed, "/v1/audio/speech", "{\"input\":\"a\"}")).isEqualTo("tts");
      assertThat(slot(bed, CHAT, "{\"messages\":[{\"model\":\"x\"}],\"\\u006dodel\":\"big\"}"))
          .isEqualTo("big");
      ApiBed.Answer form =
          bed.post(
              "/v1/files",
              "a=b&model=qwen3%2D32b",
              "Content-Type",
              "application/x-www-form-urlencoded");
      assertThat(form.header("X-Hal0-Slot")).isEqualTo("big");
    }
  }

  @Test
  void whatCannotBeRoutedSaysWhy() throws Exception {
    try (var upstream = RawUpstream.answering(OK);
        var bed = new GatewayBed().ready("a", "m", upstream.port).ready("b", "n", upstream.port)) {
      refused(bed.post(CHAT, "{\"model\":\"none\"}"), 404, "dispatch.no_route", "there is m, n");
      refused(bed.post(CHAT, "{}"), 400, "dispatch.model_required", "2 slots serve");
      refused(bed.post(CHAT, "{\"model\":7}"), 400, "dispatch.model_required", "must be a text");
      refused(bed.post(CHAT, "{\"messages\""), 400, "request.invalid_json", "not JSON");
      refused(bed.post(CHAT, "[]"), 400, "request.not_an_object", "object");
      refused(bed.post("/v1/images/generations", "{}"), 400, "dispatch.model_required", "no slot");
      ApiBed.Answer claude = bed.post("/v1/messages", "{\"model\":\"none\"}");
      assertThat(claude.json().get("type").asText()).isEqualTo("error");
      assertThat(claude.json().at("/error/type").asText()).isEqualTo("not_found_error");
      assertThat(upstream.heads).isEmpty();
    }
  }

  private static void refused(ApiBed.Answer got, int status, String code, String says)
      throws Exception {
    assertThat(got.status()).as(got.text()).isEqualTo(status);
    assertThat(got.code()).isEqualTo(code);
    assertThat(got.json().at("/error/message").asText()).contains(says);
    assertThat(got.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
    assertThat(got.json().at("/error").has("param")).isTrue();
  }

  @Test
  void aSlotThatIsNotReadyIsNotCalled() throws Exception {
    try (var upstream = RawUpstream.answering(OK);
        var bed = new GatewayBed().ready("chat", "m", upstream.port)) {
      bed.slots.move("chat", SlotState.WARMING, Reason.REQUESTED, "loading", "m");
      ApiBed.Answer warming = bed.post(CHAT, "{\"model\":\"m\"}");
      bed.slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "signal", "m");
      ApiBed.Answer dead = bed.post(CHAT, "{\"model\":\"m\"}");

      for (ApiBed.Answer got : List.of(warming, dead)) {
        assertThat(got.status()).isEqualTo(503);
        assertThat(got.code()).isEqualTo("backend_unavailable");
        assertThat(got.json().at("/error/details/slot").asText()).isEqualTo("chat");
        assertThat(got.json().at("/error/details/readiness").asText()).isEqualTo("degraded");
        assertThat(got.header("X-Hal0-Slot")).isEqualTo("chat");
      }
      assertThat(warming.json().at("/error/details/state").asText()).isEqualTo("warming");
      assertThat(warming.header("Retry-After")).isEqualTo("7");
      assertThat(dead.json().at("/error/details/reason").asText()).isEqualTo("unit_died");
      assertThat(dead.header("Retry-After")).isEmpty();
      assertThat(upstream.heads).isEmpty();
    }
  }

  private static SlotSpec.Admission admission(int most, int queue, boolean wake) {
    Duration limit = GatewayBed.LONG;
    return new SlotSpec.Admission(most, queue, limit, wake, limit, limit, limit, Optional.empty());
  }

  @Test
  void requestsWaitForTheirTurnAndLeaveTheQueueWithTheirClient() throws Exception {
    var go = new CompletableFuture<Void>();
    try (var upstream =
            new RawUpstream(
                talk -> {
                  while (talk.next() != null) {
                    talk.body();
                    go.join();
                    talk.send(OK);
                  }
                });
        var bed =
            new GatewayBed()
                .slot(
                    "chat",
                    "m",
                    upstream.port,
                    Provider.VLLM,
                    SlotState.READY,
                    a -> admission(1, 1, false));
        var first = bed.raw();
        var leaves = bed.raw();
        var second = bed.raw()) {
      first.post(CHAT + "?first", "{\"model\":\"m\"}");
      ApiBed.until("the first is let in", () -> upstream.heads.size() == 1);
      leaves.post(CHAT + "?leaves", "{\"model\":\"m\"}");
      ApiBed.until("one waits", () -> bed.gateway.open() == 2);
      ApiBed.Answer full = bed.post(CHAT, "{\"model\":\"m\"}");
      assertThat(full.status()).isEqualTo(429);
      assertThat(full.code()).isEqualTo("dispatch.saturated");
      assertThat(full.json().at("/error/type").asText()).isEqualTo("rate_limit_error");
      assertThat(full.header("Retry-After")).isNotEmpty();
      leaves.close();
      ApiBed.until("it waits no more", () -> bed.gateway.open() == 1);
      second.post(CHAT + "?second", "{\"model\":\"m\"}");
      ApiBed.until("another waits", () -> bed.gateway.open() == 2);
      go.complete(null);

      first.until("\r\n\r\n");
      assertThat(second.until("\r\n\r\n")).contains("200 OK");
      bed.awaitQuiet();
      assertThat(upstream.heads.stream().map(RawUpstream.Head::line))
          .noneMatch(line -> line.contains("?leaves"))
          .hasSize(2);
    }
  }

  @Test
  void aRequestWakesASlotThatMayBeWoken() throws Exception {
    try (var upstream = RawUpstream.answering(OK);
        var bed =
            new GatewayBed()
                .slot(
                    "chat",
                    "qwen3-4b",
                    upstream.port,
                    Provider.VLLM,
                    SlotState.OFFLINE,
                    a -> admission(0, 0, true))) {
      assertThat(slot(bed, CHAT, "{\"model\":\"qwen3-4b\"}")).isEqualTo("chat");
      assertThat(bed.slots.commands).containsExactly("load chat -");
    }
  }

  @Test
  void theListHasWhatCanBeAskedFor() throws Exception {
    try (var bed =
        new GatewayBed()
            .ready("chat", "org/m", 1)
            .slot("tts", "", 2, Provider.KOKORO, SlotState.READY, a -> a)
            .slot("sleeps", "", 3, Provider.VLLM, SlotState.OFFLINE, a -> admission(0, 0, true))
            .slot("off", "", 4, Provider.VLLM, SlotState.OFFLINE, a -> a)) {
      var list = bed.api.get("/v1/models").json();
      assertThat(list.get("object").asText()).isEqualTo("list");
      assertThat(list.findValuesAsText("slot")).containsExactly("chat", "sleeps", "tts");
      assertThat(list.findValuesAsText("id")).containsExactly("org/m", "qwen3-4b", "qwen3-4b");
      var one = bed.api.get("/v1/models/org/m").json();
      assertThat(one).isEqualTo(list.at("/data/0"));
      assertThat(one.at("/hal0/state").asText()).isEqualTo("ready");
      assertThat(bed.api.get("/v1/models/org%2Fm").json()).isEqualTo(one);
      assertThat(bed.api.get("/v1/models/none").code()).isEqualTo("dispatch.no_route");
    }
  }

  @Test
  void bodiesAreBounded() throws Exception {
    GatewayLimits small =
        new GatewayLimits(1000, 3000, 1000, 100_000, Duration.ofMillis(200), Duration.ofSeconds(1));
    try (var upstream = RawUpstream.answering(OK);
        var bed =
            new GatewayBed(small, false)
                .ready("a", "m", upstream.port)
                .ready("b", "n", upstream.port)) {
      String late = "{\"x\":\"" + "x".repeat(2000) + "\",\"model\":\"m\"}";
      assertThat(bed.post(CHAT, late).code()).isEqualTo("request.too_large");
      String file = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
      String form = file + "x".repeat(1500) + "\r\n--x--\r\n";
      ApiBed.Answer unnamed =
          bed.post("/v1/files", form, "Content-Type", "multipart/form-data; boundary=x");
      refused(unnamed, 400, "dispatch.model_required", "before the file");
      try (var client = bed.raw()) {
        client.send("POST /slots/a/v1/files HTTP/1.1\r\nHost: localhost\r\n");
        client.send("Content-Type: audio/wav\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("7d0\r\n" + "x".repeat(2000) + "\r\n7d0\r\n" + "x".repeat(2000) + "\r\n");
        assertThat(client.until("\r\n\r\n")).contains("413");
      }
      try (var client = bed.raw()) {
        client.send("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\n" + GatewayBed.JSON);
        client.send("Content-Length: 500\r\n\r\n{\"a");
        assertThat(client.until("\r\n\r\n")).contains("408");
      }
      bed.awaitQuiet();
    }
  }

  @Test
  void whoMayAskIsDecidedAsEverywhere() throws Exception {
    try (var upstream = RawUpstream.answering(OK);
        var bed = new GatewayBed(GatewayLimits.DEFAULT, true).ready("chat", "m", upstream.port)) {
      ApiBed.Answer unknown = bed.post(CHAT, "{\"model\":\"m\"}");
      assertThat(unknown.status()).isEqualTo(401);
      assertThat(unknown.json().at("/error/type").asText()).isEqualTo("authentication_error");
      String token = "Bearer " + ApiBed.TOKEN;
      assertThat(bed.post(CHAT, "{\"model\":\"m\"}", "Authorization", token).status())
          .isEqualTo(200);
      assertThat(upstream.heads.getFirst().headers()).doesNotContainKey("authorization");
      ApiBed.Answer foreign =
          bed.post(
              CHAT, "{\"model\":\"m\"}", "Authorization", token, "Origin", "http://evil.example");
      assertThat(foreign.json().at("/error/type").asText()).isEqualTo("permission_error");
    }
  }
}
