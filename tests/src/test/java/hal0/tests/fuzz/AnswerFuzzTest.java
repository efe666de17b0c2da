package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.listener.PortOwner;
import hal0.slots.probe.HttpProbe;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecFile;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Answers of upstreams, whatever bytes they are: a probe ends with a clean line, never blames
 * itself, and finds a model only where a good answer has one.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class AnswerFuzzTest {
  private final HttpProbe probe = new HttpProbe(new SystemClockwork(), PortOwner.UNASKED);

  @Test
  void anything() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      List<SlotSpec> specs =
          List.of(
              spec("openai", server.getLocalPort()),
              spec("llama-server", server.getLocalPort()),
              spec("whisper", server.getLocalPort()),
              spec("kokoro", server.getLocalPort()));
      byte[][] next = new byte[1][];
      Thread.ofVirtual().start(() -> serve(server, next));
      int[] round = new int[1];
      Fuzz.run(
          "answer",
          800,
          input -> {
            next[0] = input;
            take(input, specs.get(round[0]++ % specs.size()));
          });
    }
  }

  private void take(byte[] input, SlotSpec spec) throws Exception {
    Probe.Request request = new Probe.Request(spec, false, "", "", false);
    ProbeResult result = probe.probe(request).get(5, TimeUnit.MINUTES);
    assertThat(result.detail()).isNotBlank().hasSizeLessThanOrEqualTo(200);
    assertThat(result.detail().codePoints().noneMatch(Character::isISOControl))
        .as(result.detail())
        .isTrue();
    assertThat(result.verdict())
        .as(result.detail())
        .isNotIn(Verdict.INCONCLUSIVE, Verdict.LOADING, Verdict.FOREIGN_LISTENER);
    if (result.verdict() == Verdict.SERVING) {
      // One that gives no list at all is a good answer for a server without one.
      assertThat(new String(input, StandardCharsets.ISO_8859_1))
          .as(result.detail())
          .matches("(?s).*HTTP/1\\.[01] (200|404|405|501).*");
    }
    assertThat(result.models()).allSatisfy(model -> assertThat(model).isNotBlank());
  }

  private static SlotSpec spec(String provider, int port) {
    String toml =
        "provider = \""
            + provider
            + "\"\nport = "
            + port
            + "\n[run]\ncommand = [\"true\"]\n[probe]\ntimeout = \"60s\"\n";
    return SpecFile.parse("fuzz", toml).spec().orElseThrow();
  }

  private static void serve(ServerSocket server, byte[][] next) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        byte[] request = new byte[2048];
        if (socket.getInputStream().read(request) > 0) {
          socket.getOutputStream().write(next[0]);
        }
        socket.shutdownOutput();
        // Until the probe has left: a reset would take what it has not read yet.
        while (socket.getInputStream().read() >= 0) {
          continue;
        }
      } catch (IOException left) {
        // The probe did not want all of it.
      }
    }
  }
}
