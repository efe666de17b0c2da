package hal0.tests.worker;

import static hal0.tests.worker.TrialWorker.LONG;
import static hal0.tests.worker.TrialWorker.chat;
import static hal0.tests.worker.TrialWorker.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.worker.Frame;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Pong;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerChannel;
import hal0.slots.worker.WorkerException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A worker that lives through all of this: what it answers, and what does not disturb it. */
class WorkerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int FOR_EVER_MS = 3_600_000;
  private static final Duration SHORT = Duration.ofMillis(300);

  private static TrialWorker worker;

  @BeforeAll
  static void start() throws Exception {
    worker = TrialWorker.start(Role.CHAT, "{}");
    worker.await(Pong.State.READY);
  }

  @AfterAll
  static void end() throws Exception {
    worker.close();
  }

  @Test
  void answersWholeAndInParts() throws Exception {
    ObjectNode whole = channel().call(Role.CHAT, chat("the quick fox"), LONG);
    assertThat(said(whole)).isEqualTo("the quick fox");
    assertThat(whole.path("finish_reason").asText()).isEqualTo("stop");
    assertThat(whole.path("usage").path("total_tokens").asInt()).isEqualTo(6);

    ObjectNode body = chat("the quick fox");
    body.put("stream", true).put("max_tokens", 2);
    try (WorkerCall call = channel().begin(Role.CHAT, body, Limits.of(LONG))) {
      assertThat(call.next().path("delta").asText()).isEqualTo("the ");
      assertThat(call.next().path("delta").asText()).isEqualTo("quick ");
      assertThat(call.next()).isNull();
      assertThat(call.end().path("finish_reason").asText()).isEqualTo("length");
    }
  }

  @Test
  void theOtherRolesAnswer() throws Exception {
    try (TrialWorker embed = TrialWorker.start(Role.EMBED, "{\"dimensions\":8}");
        TrialWorker rerank = TrialWorker.start(Role.RERANK, "{}");
        TrialWorker vision = TrialWorker.start(Role.VISION, "{}", "--load", "lazy")) {
      embed.await(Pong.State.READY);
      rerank.await(Pong.State.READY);
      assertThat(vision.await(Pong.State.READY).modelLoaded()).isFalse();
      JsonNode vectors =
          embed
              .channel()
              .call(Role.EMBED, json("{\"input\":[\"a cat\",\"\",\"a cat\"]}"), LONG)
              .path("embeddings");
      assertThat(vectors).hasSize(3);
      assertThat(vectors.get(0)).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1)).hasSize(8);
      String query =
          "{\"query\":\"red fox\",\"documents\":[\"dog\",\"fox\",\"a red fox\"],\"top_n\":2}";
      JsonNode results = rerank.channel().call(Role.RERANK, json(query), LONG).path("results");
      assertThat(results.toString())
          .isEqualTo("[{\"index\":2,\"score\":1.0},{\"index\":1,\"score\":0.5}]");
      assertThat(said(vision.channel().call(Role.VISION, image(), LONG)))
          .isEqualTo("png 640x480 what is it");
      assertThat(vision.channel().ping(LONG).modelLoaded()).isTrue();
    }
  }

  @Test
  void pingsWaitForNoWork() throws Exception {
    try (WorkerCall call =
        channel().begin(Role.CHAT, chat("x", "delay_ms", FOR_EVER_MS), Limits.of(LONG))) {
      Thread asking = Thread.ofVirtual().start(() -> ended(call));
      while (channel().ping(LONG).inFlight() == 0) {
        continue;
      }
      for (int ping = 0; ping < 100; ping++) {
        assertThat(channel().ping(LONG).inFlight()).isPositive();
      }
      assertThat(call.end()).isNull();
      call.cancel();
      asking.join();
      // The handler was told: nobody waits for it for an hour.
      assertThat(said(channel().call(Role.CHAT, chat("next"), LONG))).isEqualTo("next");
    }
  }

  @Test
  void aTimeOutIsTheEndOfThatRequestOnly() throws Exception {
    ObjectNode slow = chat("late answer", "delay_ms", FOR_EVER_MS);
    assertThatThrownBy(() -> channel().call(Role.CHAT, slow, SHORT))
        .isInstanceOf(WorkerException.TimedOut.class);
    assertThat(said(channel().call(Role.CHAT, chat("next"), LONG))).isEqualTo("next");
  }

  @Test
  void twentyClientsAtOnceEachGetTheirOwnAnswer() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int client = 0; client < 20; client++) {
        String name = "client " + client;
        clients.add(
            threads.submit(
                () -> {
                  try (WorkerChannel own = new WorkerChannel(worker.sockets(), TrialWorker.CLOCK)) {
                    for (int call = 0; call < 10; call++) {
                      String text = name + " call " + call;
                      assertThat(said(own.call(Role.CHAT, chat(text), LONG))).isEqualTo(text);
                    }
                    return null;
                  }
                }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  @Test
  void errorsCarryTypeMessageAndTraceAndTheConnectionGoesOn() throws Exception {
    try (RawClient client = new RawClient(worker.sockets().data())) {
      assertError(client, Frame.of("dance", 1), "unknown_kind", "dance");
      assertError(client, Frame.of(Frame.PING, 2), "unknown_kind", "ping");
      assertError(client, Frame.of("embed", 3), "wrong_role", "chat");
      assertError(client, Frame.of("chat", 4), "bad_request", "messages");
      assertError(client, Frame.of("chat"), "bad_request", "id");
      ObjectNode failing = chat("x");
      failing.putObject("demo").put("fail", "no luck today");
      assertError(client, Frame.of("chat", 5, failing), "engine_failed", "no luck today");
      client.send(Frame.of("chat", 6, chat("well")));
      assertThat(said(client.receive().json())).isEqualTo("well");
    }
  }

  @Test
  void whatIsNoFrameEndsItsConnectionAndNothingElse() throws Exception {
    byte[] large = ByteBuffer.allocate(4).putInt(33 << 20).array();
    byte[] garbage = "\0\0\0\7garbage".getBytes(StandardCharsets.US_ASCII);
    for (byte[] bytes : List.of(large, garbage, new byte[4])) {
      try (RawClient client = new RawClient(worker.sockets().data())) {
        Frame error = client.send(bytes).receive();
        assertThat(error.json().path("error").path("type").asText()).isEqualTo("bad_frame");
        assertThat(error.id()).isEmpty();
        assertThat(client.receive()).isNull();
      }
      try (RawClient client = new RawClient(worker.sockets().health())) {
        assertThat(client.send(bytes).receive()).isNull();
      }
    }
    byte[] half = "\0\0\0\u00ff{\"kind".getBytes(StandardCharsets.ISO_8859_1);
    for (Path socket : List.of(worker.sockets().data(), worker.sockets().health())) {
      try (RawClient client = new RawClient(socket)) {
        assertThat(client.send(half).end().receive()).isNull();
      }
    }
    try (RawClient client = new RawClient(worker.sockets().health())) {
      client.send(Frame.of("dance", 1)).send(Frame.of("chat", 2)).send(Frame.of(Frame.PING, 3));
      assertThat(client.receive().id()).hasValue(3);
    }
    assertThat(said(channel().call(Role.CHAT, chat("well"), LONG))).isEqualTo("well");
  }

  @Test
  void moreConnectionsThanItTakesCostTheQuietOnesOnly() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        clients.add(new RawClient(worker.sockets().health()));
        clients.add(new RawClient(worker.sockets().data()));
      }
      assertThat(clients.getLast().send(Frame.of("chat", 1, chat("last"))).receive().id())
          .hasValue(1);
      RawClient health = clients.get(clients.size() - 2);
      assertThat(health.send(Frame.of(Frame.PING, 2)).receive().id()).hasValue(2);
      assertThat(clients.getFirst().receive()).isNull();
      assertThat(clients.get(1).receive()).isNull();
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
    worker.process().awaitUp(LONG);
  }

  private static WorkerChannel channel() {
    return worker.channel();
  }

  private static void ended(WorkerCall call) {
    try {
      throw new AssertionError("answered: " + call.result());
    } catch (WorkerException cancelled) {
      assertThat(cancelled).isInstanceOf(WorkerException.Cancelled.class);
    }
  }

  private static void assertError(RawClient client, Frame frame, String type, String part)
      throws Exception {
    Frame answer = client.send(frame).receive();
    assertThat(answer.kind()).isEqualTo(Frame.ERROR);
    assertThat(answer.id()).isEqualTo(frame.id());
    JsonNode error = answer.json().path("error");
    assertThat(error.path("type").asText()).isEqualTo(type);
    assertThat(error.path("message").asText()).contains(part);
    assertThat(error.path("trace").asText()).contains("\tat hal0.app.worker");
  }

  private static ObjectNode image() throws Exception {
    ByteBuffer png = ByteBuffer.allocate(24).putLong(0x89504e470d0a1a0aL).putInt(13);
    png.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(640).putInt(480);
    String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(png.array());
    return json(
        "{\"messages\":[{\"role\":\"user\",\"content\":["
            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\""
            + url
            + "\"}},{\"type\":\"text\",\"text\":\"what is it\"}]}]}");
  }

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) MAPPER.readTree(text);
  }
}
