package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.Provider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests and answers go through the gateway as they are. */
class GatewayPassTest {
  private static final String CHAT = "{\"model\":\"m\",\"x\":[1,2]}";

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void aRequestAndItsAnswerAreNotTouchedAndConnectionsAreKept() throws Exception {
    String spaced = "  {\"stream\" : false,\n\"model\":\"m\", \"t\":\"\\u00e9\"}  ";
    CompletableFuture<String> body = new CompletableFuture<>();
    try (var upstream =
            new RawUpstream(
                talk -> {
                  while (talk.next() != null) {
                    body.complete(new String(talk.body(), StandardCharsets.UTF_8));
                    talk.send(answer("{ \"a\" : 1 }"));
                  }
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port)) {
      for (int i = 0; i < 3; i++) {
        ApiBed.Answer got = bed.post("/v1/chat/completions?a=b%20c&d", spaced, "X-Own", "1");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.text()).isEqualTo("{ \"a\" : 1 }");
        assertThat(got.header("X-Hal0-Slot")).isEqualTo("chat");
        assertThat(got.header("Content-Type")).isEqualTo("application/json");
        bed.awaitQuiet();
      }
      assertThat(body.get()).isEqualTo(spaced);
      assertThat(upstream.heads).hasSize(3);
      assertThat(upstream.heads.getFirst().line())
          .isEqualTo("POST /v1/chat/completions?a=b%20c&d HTTP/1.1");
      assertThat(upstream.heads.getFirst().header("x-own")).isEqualTo("1");
      assertThat(upstream.heads.getFirst().header("content-length"))
          .isEqualTo(Integer.toString(spaced.length()));
      assertThat(upstream.failures).isEmpty();
    }
  }

  @Test
  void whatIsBetweenTwoNeighboursOnlyStaysThere() throws Exception {
    try (var upstream =
            RawUpstream.answering(
                "HTTP/1.1 200 OK\r\n"
                    + "Connection: x-private\r\n"
                    + "X-Private: 1\r\n"
                    + "X-Public: 2\r\n"
                    + "Set-Cookie: a=b\r\n"
                    + "Content-Encoding: gzip\r\n"
                    + "Content-Length: 6\r\n\r\n"
                    + "packed");
        var bed =
            new GatewayBed()
                .slot(
                    "chat",
                    "m",
                    upstream.port,
                    Provider.OPENAI,
                    SlotState.READY,
                    a -> GatewayBed.withKey("THE_KEY"));
        var client = bed.raw()) {
      for (int i = 0; i < 2; i++) {
        client.send(
            "POST /v1/chat/completions HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Authorization: Bearer mine\r\n"
                + "Connection: keep-alive, X-Hop\r\n"
                + "X-Hop: 1\r\n"
                + "Keep-Alive: 5\r\n"
                + "TE: trailers\r\n"
                + "X-Api-Key: mine\r\n"
                + "Accept: a/b\r\n"
                + "Content-Length: "
                + CHAT.length()
                + "\r\n\r\n"
                + CHAT);
        String got = client.until("packed");

        assertThat(got).contains("X-Public: 2", "Set-Cookie: a=b", "Content-Encoding: gzip");
        assertThat(got).doesNotContain("X-Private");
      }
      assertThat(upstream.heads).hasSize(2);
      for (RawUpstream.Head head : upstream.heads) {
        assertThat(head.headers().keySet())
            .containsExactlyInAnyOrder("host", "accept", "authorization", "content-length");
        assertThat(head.header("authorization")).isEqualTo("Bearer upstreams-own");
        assertThat(head.header("host")).isEqualTo("127.0.0.1:" + upstream.port);
      }
    }
  }

  @Test
  void aStreamPassesPartByPart() throws Exception {
    Semaphore next = new Semaphore(0);
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.body();
                  talk.send(
                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                          + "Transfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < 20; i++) {
                    next.acquire();
                    talk.chunk("data: " + i + "\n\n");
                  }
                  next.acquire();
                  talk.send("0\r\n\r\n");
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port);
        var client = bed.raw()) {
      client.post("/v1/chat/completions", CHAT);
      // The headers come while there is no part yet; each part before the next one is sent.
      assertThat(client.until("\r\n\r\n")).contains("200 OK", "text/event-stream");
      assertThat(bed.slots.gateOf("chat").inFlight()).isEqualTo(1);
      for (int i = 0; i < 20; i++) {
        next.release();
        assertThat(client.until("\n\n")).endsWith("data: " + i + "\n\n");
      }
      next.release();
      client.until("0\r\n\r\n");
      bed.awaitQuiet();
    }
  }

  @Test
  void anUploadBeginsBeforeItsEndAndIsForwardedPartByPart() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  byte[] part = talk.in.readNBytes(talk.chunkSize());
                  first.complete(new String(part, StandardCharsets.UTF_8));
                  talk.awaitEnd();
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port);
        var client = bed.raw()) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
              + GatewayBed.JSON
              + "Transfer-Encoding: chunked\r\n\r\ne\r\n{\"model\":\"m\", \r\n");

      assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("{\"model\":\"m\", ");
      client.close();
      bed.awaitQuiet();
    }
  }

  @Test
  void formsAreStreamedToTheSlotThatTheirFieldNames() throws Exception {
    byte[] file = new byte[5 << 20];
    new Random(1).nextBytes(file);
    String head =
        "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--xyz\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n";
    String tail = "\r\n--xyz--\r\n";
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  body.complete(talk.body());
                  talk.send(answer("{}"));
                });
        var bed =
            new GatewayBed()
                .ready("chat", "m", 1)
                .slot(
                    "asr", "whisper-1", upstream.port, Provider.WHISPER, SlotState.READY, a -> a);
        var client = bed.raw()) {
      client.send(
          "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
              + "Content-Type: multipart/form-data; boundary=xyz\r\nContent-Length: "
              + (head.length() + file.length + tail.length())
              + "\r\n\r\n");
      client.until("100 Continue\r\n\r\n");
      client.send(head).send(file).send(tail);

      assertThat(client.until("{}")).contains("200 OK", "X-Hal0-Slot: asr");
      byte[] got = body.get(60, TimeUnit.SECONDS);
      assertThat(got).hasSize(head.length() + file.length + tail.length());
      assertThat(java.util.Arrays.copyOfRange(got, head.length(), head.length() + file.length))
          .isEqualTo(file);
      assertThat(upstream.heads.getFirst().headers()).doesNotContainKey("expect");
    }
  }

  @Test
  void anAnswerLargerThanAnyBufferWaitsForItsReader() throws Exception {
    long size = 512L << 20;
    byte[] part = new byte[1 << 20];
    CountDownLatch blocked = new CountDownLatch(1);
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.body();
                  talk.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                  for (long sent = 0; sent < size; sent += part.length) {
                    talk.out.write(part);
                    if (sent > 64L << 20) {
                      blocked.countDown();
                    }
                  }
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port);
        var client = bed.raw()) {
      client.post("/v1/chat/completions", CHAT).until("\r\n\r\n");
      // Nobody reads yet: what the sockets' buffers hold is all that can have been sent.
      assertThat(blocked.await(2, TimeUnit.SECONDS)).isFalse();
      long read = 0;
      byte[] buffer = new byte[1 << 20];
      while (read < size) {
        int got = client.in.read(buffer);
        assertThat(got).isPositive();
        read += got;
      }
      bed.awaitQuiet();
    }
  }

  @Test
  void answersWithoutBodiesAndOfOldServersPass() throws Exception {
    List<String> answers =
        List.of(
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
                + "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
            "HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n");
    List<Integer> statuses = List.of(204, 304, 404, 302, 200, 200);
    List<String> bodies = List.of("", "", "no", "", "to the end", "ok");
    for (int i = 0; i < answers.size(); i++) {
      String answer = answers.get(i);
      try (var upstream =
              new RawUpstream(
                  talk -> {
                    talk.next();
                    talk.body();
                    talk.send(answer);
                  });
          var bed = new GatewayBed().ready("chat", "m", upstream.port)) {
        ApiBed.Answer got = bed.post("/v1/completions", CHAT);

        assertThat(got.status()).as(answer).isEqualTo(statuses.get(i));
        assertThat(got.text()).as(answer).isEqualTo(bodies.get(i));
        assertThat(got.header("X-Hal0-Slot")).isEqualTo("chat");
        bed.awaitQuiet();
      }
    }
  }

  @Test
  void everyMethodAndPathGoesToTheSlotThatIsNamedInThePath() throws Exception {
    try (var upstream = RawUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var bed = new GatewayBed().ready("chat", "m", upstream.port).ready("other", "m", 1)) {
      for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")) {
        upstream.heads.clear();
        ApiBed.Answer got = bed.api.ask(method, "/slots/chat/v1/models/a%2Fb?x=%7B", null);

        assertThat(got.status()).as(method).isEqualTo(200);
        assertThat(upstream.heads.getFirst().line())
            .isEqualTo(method + " /v1/models/a%2Fb?x=%7B HTTP/1.1");
      }
      assertThat(bed.api.get("/slots/none/v1/models").code()).isEqualTo("slot.not_found");
    }
  }

  @Test
  void anAnswerThatComesBeforeTheBodysEndIsTaken() throws Exception {
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.send("HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nmuch");
                  talk.awaitEnd();
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port);
        var client = bed.raw()) {
      client.send(
          "POST /slots/chat/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
              + "Content-Type: audio/wav\r\n\r\nbegin");

      assertThat(client.until("much")).contains("413");
      client.send(new byte[100_000 - 5]);
      bed.awaitQuiet();
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.until("\"ok\"}")).contains("200 OK");
    }
  }

  /** An upstream that refuses an upload and hangs up: what it said counts, not the broken pipe. */
  @Test
  void anAnswerIsNotLostWithTheConnectionThatCarriedIt() throws Exception {
    try (var upstream =
            new RawUpstream(
                talk -> {
                  talk.next();
                  talk.send("HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nmuch");
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port)) {
      for (int time = 0; time < 20; time++) {
        try (var client = bed.raw()) {
          client.send(
              "POST /slots/chat/v1/files HTTP/1.1\r\nHost: localhost\r\n"
                  + "Content-Length: 4000000\r\nContent-Type: audio/wav\r\n\r\n");
          client.send(new byte[4_000_000]);
          assertThat(client.until("much")).contains("413");
        }
      }
      bed.awaitQuiet();
    }
  }

  @Test
  void manyAtATimeDoNotMixUp() throws Exception {
    try (var upstream =
            new RawUpstream(
                talk -> {
                  while (talk.next() != null) {
                    String body = new String(talk.body(), StandardCharsets.UTF_8);
                    talk.send(answer(body));
                  }
                });
        var bed = new GatewayBed().ready("chat", "m", upstream.port)) {
      List<CompletableFuture<Void>> clients = new java.util.ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String body = "{\"model\":\"m\",\"i\":\"" + "x".repeat(i * 100) + i + "\"}";
        clients.add(
            CompletableFuture.runAsync(
                () -> repeat(bed, body), task -> Thread.startVirtualThread(task)));
      }
      for (CompletableFuture<Void> client : clients) {
        client.get(60, TimeUnit.SECONDS);
      }
      bed.awaitQuiet();
      assertThat(upstream.heads).hasSize(500);
    }
  }

  private static void repeat(GatewayBed bed, String body) {
    try {
      for (int i = 0; i < 10; i++) {
        assertThat(bed.post("/v1/chat/completions", body).text()).isEqualTo(body);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
