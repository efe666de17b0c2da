package hal0.slots.probe;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.listener.PortOwner;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Servers that hang, drip, lie about lengths, never end, or speak no HTTP: none is well, and none
 * holds a probe up.
 */
class MisbehaviourTest {
  private static final int LOTS = 64 << 20;

  private final HttpProbe probe = new HttpProbe(new SystemClockwork(), PortOwner.UNASKED);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          closed without a word       |                                                                  | UNREACHABLE    | the connection was closed without an answer on /v1/models
          half a head                 | HTTP/1.1 200 OK~Content-Le                                       | NOT_UNDERSTOOD | no HTTP
          no end of the head          | HTTP/1.1 200 OK~                                                 | UNREACHABLE    | closed without an answer
          no HTTP                     | hello~~                                                          | NOT_UNDERSTOOD | Unexpected status line: hello
          another protocol            | SSH-2.0-OpenSSH_9.2~                                             | NOT_UNDERSTOOD | Unexpected status line
          our own words               | Too many open files: Permission denied~~                         | NOT_UNDERSTOOD | Unexpected status line
          no line                     | hello                                                            | NOT_UNDERSTOOD | no HTTP
          a status that is no number  | HTTP/1.1 OK~~                                                    | NOT_UNDERSTOOD | Unexpected status line
          a version of the future     | HTTP/3.0 200 OK~~                                                | NOT_UNDERSTOOD | Unexpected status line
          too few bytes               | HTTP/1.1 200 OK~Content-Length: 100~~{"data":[{"id":"m"}]}       | NOT_UNDERSTOOD | broke off
          fewer bytes than there are  | HTTP/1.1 200 OK~Content-Length: 5~~{"data":[{"id":"m"}]}         | NOT_UNDERSTOOD | 5 bytes that are not the JSON expected
          less than nothing           | HTTP/1.1 200 OK~Content-Length: -5~~{"data":[{"id":"m"}]}        | NOT_UNDERSTOOD | /v1/models
          a length that is no number  | HTTP/1.1 200 OK~Content-Length: many~~{"data":[{"id":17}]}       | NOT_UNDERSTOOD | have no id
          a length past all numbers   | HTTP/1.1 200 OK~Content-Length: 9223372036854775807~~{}          | NOT_UNDERSTOOD | more than the 1 MiB
          chunks that are none        | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~{"data":[]}       | NOT_UNDERSTOOD | broke off
          a chunk that breaks off     | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ff~{"data":[         | NOT_UNDERSTOOD | broke off
          a body where none may be    | HTTP/1.1 204 No Content~Content-Length: 5~~hello                 | NOT_UNDERSTOOD | 204
          compressed, unasked         | HTTP/1.1 200 OK~Content-Encoding: gzip~Content-Length: 2~~{}     | NOT_UNDERSTOOD | /v1/models
          elsewhere                   | HTTP/1.1 302 Found~Location: http://127.0.0.1:1/~Content-Length: 0~~ | NOT_UNDERSTOOD | a redirect, which is not followed
          elsewhere for good          | HTTP/1.1 308 Moved~Location: /v1/models~Content-Length: 0~~      | NOT_UNDERSTOOD | a redirect, which is not followed
          not allowed                 | HTTP/1.1 401 No~WWW-Authenticate: Basic realm="x"~Content-Length: 0~~ | NOT_UNDERSTOOD | wants a key
          ask again at once           | HTTP/1.1 503 Busy~Retry-After: 0~Content-Length: 0~~             | UNHEALTHY      | 503 on /v1/models
          a timeout of its own        | HTTP/1.1 408 Timeout~Content-Length: 0~~                         | NOT_UNDERSTOOD | 408 on /v1/models
          another protocol, politely  | HTTP/1.1 101 Switching~Upgrade: x~Connection: upgrade~~          | NOT_UNDERSTOOD | /v1/models
          nothing but promises        | HTTP/1.1 100 Continue~~                                          | UNREACHABLE    | closed without an answer
          HTTP/1.0                    | HTTP/1.0 200 OK~~{"data":[{"id":"m"}]}                           | SERVING        | serves m
          promises, then an answer    | HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~~{"data":[{"id":"m"}]}    | SERVING        | serves m
          chunks                      | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~15~{"data":[{"id":"m"}]} ~0~~ | SERVING | serves m
          """)
  void oddAnswersAreJudgedAndAskedForOnce(
      String name, String answer, Verdict verdict, String detail) throws Exception {
    byte[] bytes =
        answer == null ? new byte[0] : answer.replace("~", "\r\n").getBytes(StandardCharsets.UTF_8);
    try (RawServer server = new RawServer((request, out, socket) -> out.write(bytes))) {
      ProbeResult result = ask(server, Specs.PATIENT);
      assertThat(result.verdict()).as(result.detail()).isEqualTo(verdict);
      assertThat(result.detail()).contains(detail);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aResetIsUnreachable() throws Exception {
    try (RawServer server = new RawServer((request, out, socket) -> reset(socket))) {
      assertThat(ask(server, Specs.PATIENT).verdict()).isEqualTo(Verdict.UNREACHABLE);
    }
  }

  @Test
  void aBodyOfMoreThanAMebibyteIsNotRead() throws Exception {
    byte[] block = new byte[1 << 16];
    Arrays.fill(block, (byte) ' ');
    for (String head : List.of("Content-Length: " + LOTS + "\r\n\r\n", "\r\n")) {
      try (RawServer server =
          new RawServer(
              (request, out, socket) -> {
                out.write(RawServer.bytes("HTTP/1.1 200 OK\r\n" + head));
                while (true) {
                  out.write(block);
                }
              })) {
        ProbeResult result = ask(server, Specs.PATIENT);
        assertThat(result.verdict()).isEqualTo(Verdict.NOT_UNDERSTOOD);
        assertThat(result.detail()).contains("more than the 1 MiB that a probe reads");
      }
    }
  }

  @Test
  void aBodyOfAMebibyteIsRead() throws Exception {
    String list = "{\"data\":[{\"id\":\"m\"}]}";
    String body = " ".repeat(LoopbackClient.BODY_LIMIT - list.length()) + list;
    try (RawServer server =
        new RawServer(
            (request, out, socket) ->
                out.write(RawServer.bytes(RawServer.response("200 OK", body))))) {
      assertThat(ask(server, Specs.PATIENT).verdict()).isEqualTo(Verdict.SERVING);
    }
  }

  @Test
  void headsWithoutEndAreNotRead() throws Exception {
    try (RawServer server =
        new RawServer(
            (request, out, socket) -> {
              out.write(RawServer.bytes("HTTP/1.1 200 OK\r\n"));
              while (true) {
                out.write(RawServer.bytes("X-More: of the same\r\n".repeat(1000)));
              }
            })) {
      assertThat(ask(server, Specs.PATIENT).verdict()).isEqualTo(Verdict.NOT_UNDERSTOOD);
    }
  }

  @Test
  void dripsAndSilenceEndAtTheDeadline() throws Exception {
    List<RawServer.Behaviour> slow =
        List.of(
            (request, out, socket) -> RawServer.awaitEnd(socket),
            (request, out, socket) -> drip(out, "HTTP/1.1 200 OK\r\n", "X-Drip: 1\r\n"),
            (request, out, socket) ->
                drip(out, "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", " "),
            (request, out, socket) -> drip(out, "HTTP/1.1 200 OK\r\n\r\n", " "),
            (request, out, socket) ->
                drip(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
            (request, out, socket) -> drip(out, "", "HTTP/1.1 100 Continue\r\n\r\n"));
    List<RawServer> servers = new ArrayList<>();
    try {
      for (RawServer.Behaviour behaviour : slow) {
        servers.add(new RawServer(behaviour));
      }
      for (CompletableFuture<ProbeResult> asking :
          servers.stream().map(s -> asking(s, Specs.SHORT)).toList()) {
        ProbeResult result = asking.get(180, TimeUnit.SECONDS);
        // A machine that stands still for seconds makes a probe inconclusive, as it should.
        assertThat(result.verdict())
            .isIn(Verdict.UNREACHABLE, Verdict.NOT_UNDERSTOOD, Verdict.INCONCLUSIVE);
        assertThat(result.detail()).isNotEqualTo("the probe was cancelled");
        if (result.verdict() == Verdict.UNREACHABLE) {
          assertThat(result.detail()).isEqualTo("no answer on /v1/models within 2 s");
        }
      }
    } finally {
      for (RawServer server : servers) {
        server.close();
      }
    }
  }

  @Test
  void whateverTheBodyAProbeEndsWithACleanLine() throws Exception {
    long seed = 20_260_101;
    Random random = new Random(seed);
    AtomicReference<byte[]> next = new AtomicReference<>(new byte[0]);
    try (RawServer server = new RawServer((request, out, socket) -> out.write(next.get()))) {
      for (int i = 0; i < 400; i++) {
        next.set(rubbish(random));
        ProbeResult result = ask(server, Specs.PATIENT);
        assertThat(result.detail())
            .as("seed %d, round %d", seed, i)
            .isNotBlank()
            .hasSizeLessThanOrEqualTo(200);
        assertThat(result.detail().codePoints().noneMatch(Character::isISOControl))
            .as(result.detail())
            .isTrue();
        assertThat(result.verdict())
            .as("seed %d, round %d: %s", seed, i, result.detail())
            .isNotIn(Verdict.INCONCLUSIVE, Verdict.LOADING, Verdict.FOREIGN_LISTENER);
      }
    }
  }

  @Test
  void noConnectionIsLeftWhateverTheAnswer() throws Exception {
    List<byte[]> answers = new ArrayList<>();
    for (String head :
        List.of(
            "101 Switching",
            "200 OK\r\nContent-Length: -5",
            "200 OK\r\nContent-Length: 99",
            "204 No")) {
      answers.add(RawServer.bytes("HTTP/1.1 " + head + "\r\n\r\n{}"));
    }
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      answers.add(rubbish(random));
    }
    AtomicReference<byte[]> next = new AtomicReference<>();
    LoopbackClient client = new LoopbackClient();
    try (RawServer server = new RawServer((request, out, socket) -> out.write(next.get()))) {
      for (byte[] answer : answers) {
        next.set(answer);
        LoopbackClient.ask(
            client.newCall(server.port(), "/x", Optional.empty(), Optional.empty(), () -> {}));
        assertThat(client.connections())
            .as(new String(answer, StandardCharsets.ISO_8859_1))
            .isZero();
      }
    }
  }

  /**
   * A good answer with some bytes changed, doubled, dropped or cut off; or bytes that never were
   * one.
   */
  private static byte[] rubbish(Random random) {
    String good =
        RawServer.response(
            "200 OK",
            "{\"data\":[{\"id\":\"m\",\"status\":{\"value\":\"loaded\"}},{\"id\":\"é😀\"}]}");
    byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(8) == 0) {
      bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      return bytes;
    }
    List<Byte> changed = new ArrayList<>();
    for (byte b : bytes) {
      switch (random.nextInt(60)) {
        case 0 -> changed.add((byte) random.nextInt(256));
        case 1 -> changed.addAll(List.of(b, b));
        case 2 -> {}
        default -> changed.add(b);
      }
    }
    byte[] result =
        new byte[random.nextInt(4) == 0 ? random.nextInt(changed.size()) : changed.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = changed.get(i);
    }
    return result;
  }

  private static void drip(OutputStream out, String head, String drop)
      throws IOException, InterruptedException {
    out.write(RawServer.bytes(head));
    out.flush();
    while (true) {
      out.write(RawServer.bytes(drop));
      out.flush();
      Thread.sleep(20);
    }
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private ProbeResult ask(RawServer server, Duration timeout) throws Exception {
    return asking(server, timeout).get(180, TimeUnit.SECONDS);
  }

  private CompletableFuture<ProbeResult> asking(RawServer server, Duration timeout) {
    SlotSpec spec = Specs.of(Provider.OPENAI, server.port(), timeout);
    return probe.probe(new Probe.Request(spec, false, "", "", false));
  }
}
