package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.app.Daemon;
import hal0.app.ServeSettings;
import hal0.app.api.Code;
import hal0.app.cli.ServeFlags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests, whatever bytes they are, to a whole daemon without a systemd: each answer is one, an
 * error is in the usual shape with the status of its code, the daemon goes on, and nothing is
 * defined without the token.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class RequestFuzzTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MOST = 1 << 20;
  private static final int PATIENCE_MS = 120_000;

  @TempDir Path directory;

  @Test
  void anything() throws Exception {
    Path config = Files.createDirectories(directory.resolve("config/slots")).getParent();
    Map<String, String> environment =
        Map.of(
            "HOME", directory.toString(),
            "XDG_CONFIG_HOME", directory.resolve("xdg").toString(),
            "DBUS_SESSION_BUS_ADDRESS", "unix:path=" + directory.resolve("no-bus"));
    ServeFlags flags =
        new ServeFlags(
            "user", config.toString(), directory.resolve("state").toString(), "127.0.0.1:0");
    try (Daemon daemon = new Daemon(ServeSettings.of(flags, environment, false))) {
      int port = daemon.address().getPort();
      Fuzz.run("request", 800, input -> take(port, input));
      try (Stream<Path> defined = Files.list(config.resolve("slots"))) {
        assertThat(defined).as("defined without the token").isEmpty();
      }
    }
  }

  private static void take(int port, byte[] input) throws Exception {
    answers(exchange(port, input));
    String healthy = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    byte[] well = exchange(port, healthy.getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(well, StandardCharsets.UTF_8)).startsWith("HTTP/1.1 200 ");
  }

  private static byte[] exchange(int port, byte[] input) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(PATIENCE_MS);
      Thread.ofVirtual().start(() -> send(socket, input));
      return read(socket.getInputStream());
    }
  }

  private static void send(Socket socket, byte[] input) {
    try {
      socket.getOutputStream().write(input);
      socket.shutdownOutput();
    } catch (IOException refused) {
      // The server need not read on once it has refused.
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] block = new byte[8192];
    try {
      for (int read = in.read(block); read >= 0 && all.size() < MOST; read = in.read(block)) {
        all.write(block, 0, read);
        if (all.toString(StandardCharsets.ISO_8859_1).contains("text/event-stream")) {
          break;
        }
      }
    } catch (SocketException reset) {
      // What came before it counts.
    }
    return all.toByteArray();
  }

  /** The first answer, whole; there may be none, for what broke off. */
  private static void answers(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.isEmpty()) {
      return;
    }
    assertThat(text).matches("(?s)HTTP/1\\.1 [1-5][0-9]{2}.*\r\n\r\n.*");
    int status = Integer.parseInt(text.substring(9, 12));
    assertThat(status).as(text).isNotEqualTo(500);
    String head = text.substring(0, text.indexOf("\r\n\r\n"));
    String body = text.substring(head.length() + 4);
    if (status < 400 || body.isEmpty() || !head.contains("application/json")) {
      // An error without a body is one to HEAD.
      assertThat(status < 400 || body.isEmpty()).as(text).isTrue();
      return;
    }
    JsonNode error = MAPPER.readTree(body).path("error");
    assertThat(error.path("message").asText()).isNotBlank();
    assertThat(error.path("details").isObject()).isTrue();
    assertThat(Arrays.stream(Code.values()))
        .as(text)
        .anyMatch(
            code -> code.status() == status && code.word().equals(error.path("code").asText()));
  }
}
