package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.app.gateway.GatewayLimits;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.Provider;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** However a request through the gateway ends, it ends for all who have a part in it. */
class GatewayEndTest {
  private static final String CHAT = "{\"model\":\"m\"}";
  private static final String STREAM =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n";

  private static GatewayBed bed(int port, Duration firstByte, Duration stall) throws Exception {
    GatewayLimits usual = GatewayLimits.DEFAULT;
    GatewayLimits limits =
        new GatewayLimits(
            usual.body(),
            usual.upload(),
            usual.look(),
            usual.held(),
            usual.silence(),
            Duration.ofMillis(50));
    return new GatewayBed(limits, false)
        .slot(
            "chat",
            "m",
            port,
            Provider.LLAMA_SERVER,
            SlotState.READY,
            a -> GatewayBed.admission(firstByte, stall));
  }

  private static GatewayBed bed(int port) throws Exception {
    return bed(port, GatewayBed.LONG, GatewayBed.LONG);
  }

  /** An upstream that takes a request, sends {@code begin}, and is then silent until it ends. */
  private static RawUpstream silent(
      String begin, CountDownLatch asked, CompletableFuture<String> ended) throws Exception {
    return new RawUpstream(
        talk -> {
          String path = talk.next().line();
          talk.body();
          talk.send(begin);
          asked.countDown();
          talk.awaitEnd();
          ended.complete(path);
        });
  }

  @Test
  void aClientThatLeavesEndsItsOwnRequestAndNoOther() throws Exception {
    for (String begin : new String[] {"", STREAM, STREAM + "3\r\nabc\r\n"}) {
      var asked = new CountDownLatch(2);
      var ended = new CompletableFuture<String>();
      try (var upstream = silent(begin, asked, ended);
          var bed = bed(upstream.port);
          var stays = bed.raw();
          var leaves = bed.raw()) {
        stays.post("/v1/completions?stays", CHAT);
        leaves.post("/v1/completions?leaves", CHAT);
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        leaves.close();

        assertThat(ended.get(60, TimeUnit.SECONDS)).contains("?leaves");
        ApiBed.until("one is left", () -> bed.slots.gateOf("chat").inFlight() == 1);
        assertThat(bed.gateway.open()).isEqualTo(1);
      }
    }
  }

  @Test
  void aWatchedConnectionTakesTheNextRequest() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (var upstream =
            new RawUpstream(
                talk -> {
                  while (talk.next() != null) {
                    talk.body();
                    go.await();
                    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                  }
                });
        var bed = bed(upstream.port);
        var client = bed.raw()) {
      client.post("/v1/completions", CHAT);
      ApiBed.until("it is in flight", () -> bed.slots.gateOf("chat").inFlight() == 1);
      // The next request comes before the answer to the first: it must neither be lost nor spoilt.
      client.post("/v1/embeddings", CHAT);
      go.countDown();
      for (int i = 0; i < 2; i++) {
        client.until("hello");
      }
      for (int i = 0; i < 20; i++) {
        client.post("/v1/rerank", CHAT).until("hello");
      }
      bed.awaitQuiet();
      assertThat(upstream.heads).hasSize(22);
      assertThat(upstream.failures).isEmpty();
    }
  }

  @Test
  void anUpstreamThatDiesInTheMiddleOfAStreamEndsItWithAnError() throws Exception {
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.body();
                  talk.send(STREAM);
                  talk.chunk("data: {\"half");
                });
        var bed = bed(upstream.port);
        var client = bed.raw()) {
      client.post("/v1/chat/completions", CHAT);
      String got = client.until("0\r\n\r\n");

      assertThat(got).contains("data: {\"half").doesNotContain("[DONE]");
      JsonNode error = event(got);
      assertThat(error.at("/error/code").asText()).isEqualTo("dispatch.upstream_failed");
      assertThat(error.at("/error/type").asText()).isEqualTo("server_error");
      bed.awaitQuiet();
    }
  }

  private static JsonNode event(String got) throws Exception {
    String data = got.substring(got.lastIndexOf("\n\ndata: ") + 8);
    return ApiBed.MAPPER.readTree(data.substring(0, data.indexOf("\n\n")));
  }

  @Test
  void anyOtherAnswerThatBreaksOffIsSeenToBeCutShort() throws Exception {
    for (String length : new String[] {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
      try (var upstream =
              new RawUpstream(
                  talk -> {
                    talk.next();
                    talk.body();
                    talk.send("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n2\r\nab\r\n");
                  });
          var bed = bed(upstream.port);
          var client = bed.raw()) {
        client.post("/v1/completions", CHAT);
        String got = client.until("\r\n\r\n") + client.rest();

        assertThat(got).contains("200 OK", "ab").doesNotContain("\r\n0\r\n", "error");
        bed.awaitQuiet();
      }
    }
  }

  @Test
  void anUpstreamThatDoesNotAnswerIsABadGateway() throws Exception {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0)) {
      nobody = closed.getLocalPort();
    }
    try (var dying =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.body();
                });
        var rude =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.body();
                  talk.send("this is no HTTP\r\n\r\n");
                })) {
      for (int port : new int[] {nobody, dying.port, rude.port}) {
        try (var bed = bed(port)) {
          ApiBed.Answer got = bed.post("/v1/chat/completions", CHAT);

          assertThat(got.status()).as(got.text()).isEqualTo(502);
          assertThat(got.code()).isEqualTo("dispatch.upstream_failed");
          assertThat(got.json().at("/error/type").asText()).isEqualTo("server_error");
          assertThat(got.header("X-Hal0-Slot")).isEqualTo("chat");
          bed.awaitQuiet();
        }
      }
    }
  }

  @Test
  void silenceEndsARequestBeforeItsAnswerAndInTheMiddleOfIt() throws Exception {
    Duration brief = Duration.ofMillis(300);
    var ended = new CompletableFuture<String>();
    try (var upstream = silent("", new CountDownLatch(1), ended);
        var bed = bed(upstream.port, brief, GatewayBed.LONG)) {
      ApiBed.Answer got = bed.post("/v1/chat/completions", CHAT);

      assertThat(got.status()).isEqualTo(502);
      assertThat(got.text()).contains("no answer within 0.3 s");
      assertThat(ended.get(60, TimeUnit.SECONDS)).isNotEmpty();
      bed.awaitQuiet();
    }
    try (var upstream = silent(STREAM, new CountDownLatch(1), new CompletableFuture<>());
        var bed = bed(upstream.port, GatewayBed.LONG, brief);
        var client = bed.raw()) {
      String got = client.post("/v1/chat/completions", CHAT).until("0\r\n\r\n");

      assertThat(event(got).at("/error/message").asText()).contains("silent for 0.3 s");
      bed.awaitQuiet();
    }
  }

  @Test
  void aClientThatDoesNotReadIsCutOff() throws Exception {
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.body();
                  talk.send("HTTP/1.1 200 OK\r\n\r\n");
                  while (true) {
                    talk.out.write(new byte[1 << 16]);
                  }
                });
        var bed = bed(upstream.port, GatewayBed.LONG, Duration.ofMillis(500));
        var client = bed.raw()) {
      client.post("/v1/completions", CHAT);
      bed.awaitQuiet();
      ApiBed.until("the upstream's connection has ended", () -> !upstream.failures.isEmpty());
    }
  }

  @Test
  void aSlotThatEndsItsRequestsEndsThemHere() throws Exception {
    var asked = new CountDownLatch(2);
    var ended = new CompletableFuture<String>();
    try (var upstream = silent(STREAM, asked, ended);
        var bed = bed(upstream.port);
        var stream = bed.raw()) {
      stream.post("/v1/messages", CHAT).until("\r\n\r\n");
      bed.slots.gateOf("chat").endAll("it was unloaded");
      String got = stream.until("0\r\n\r\n");

      assertThat(got).contains("event: error\ndata: {\"type\":\"error\",\"error\":{");
      assertThat(event(got.replace("event: error\n", "")).at("/error/code").asText())
          .isEqualTo("backend_unavailable");
      assertThat(ended.get(60, TimeUnit.SECONDS)).isNotEmpty();
      bed.awaitQuiet();
    }
    var before = new CountDownLatch(1);
    try (var upstream = silent("", before, new CompletableFuture<>());
        var bed = bed(upstream.port)) {
      CompletableFuture<ApiBed.Answer> waits =
          CompletableFuture.supplyAsync(() -> ask(bed), task -> Thread.startVirtualThread(task));
      assertThat(before.await(60, TimeUnit.SECONDS)).isTrue();
      bed.slots.gateOf("chat").endAll("it died");

      assertThat(waits.get(60, TimeUnit.SECONDS).status()).isEqualTo(503);
      assertThat(waits.get().json().at("/error/message").asText()).contains("it died");
      bed.awaitQuiet();
    }
  }

  private static ApiBed.Answer ask(GatewayBed bed) {
    try {
      return bed.post("/v1/chat/completions", CHAT);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theServersEndEndsWhatIsOpen() throws Exception {
    var asked = new CountDownLatch(1);
    var ended = new CompletableFuture<String>();
    try (var upstream = silent(STREAM, asked, ended);
        var bed = bed(upstream.port);
        Socket client = new Socket("127.0.0.1", bed.api.port)) {
      new GatewayBed.Raw(client).post("/v1/completions", CHAT).until("\r\n\r\n");
      bed.api.server.close();

      assertThat(ended.get(60, TimeUnit.SECONDS)).isNotEmpty();
      bed.awaitQuiet();
    }
  }
}
