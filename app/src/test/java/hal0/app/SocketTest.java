package hal0.app;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.api.ApiServer;
import hal0.app.api.Exchange;
import hal0.app.api.Limits;
import hal0.app.api.LocalSocket;
import hal0.app.api.Route;
import hal0.app.api.Routes;
import hal0.app.auth.Guard;
import hal0.app.auth.Token;
import hal0.app.cli.Session;
import hal0.slots.time.SystemClockwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API's socket: who asks is known there, so that the command line needs neither URL nor token.
 */
class SocketTest {
  private static final String SLOT =
      "[{\"name\":\"chat\",\"message\":\"" + "long ".repeat(40_000) + "\"}]";

  @TempDir private Path runtime;
  private Path path;
  private ApiServer server;

  @BeforeEach
  void start() throws IOException {
    path = runtime.resolve("hal0/api.sock");
    server = server();
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ApiServer server() {
    List<Route> routes =
        List.of(
            Route.open("GET", "/api/slots", SocketTest::list),
            Route.guarded("POST", "/api/slots/{name}/enable", SocketTest::one));
    var listen = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    // Even where everything over the network needs the token.
    Guard guard = new Guard(new Token("a-token-for-tests"), listen, true, "here", List.of());
    return new ApiServer(
        listen,
        Optional.of(new LocalSocket(path, false)),
        guard,
        new Routes(routes),
        Limits.DEFAULT,
        new SystemClockwork());
  }

  private static void list(Exchange exchange) throws IOException {
    exchange.json(200, SLOT.getBytes(StandardCharsets.UTF_8));
  }

  private static void one(Exchange exchange) throws IOException {
    exchange.json(200, "{\"name\":\"chat\",\"enabled\":true}".getBytes(StandardCharsets.UTF_8));
  }

  private record Told(int code, String out, String err) {}

  private Told cli(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Map<String, String> env =
        Map.of("HAL0_SCOPE", "user", "XDG_RUNTIME_DIR", runtime.toString(), "HOME", "/nowhere");
    int code =
        Main.run(
            Session.of(
                env,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                null),
            args);
    return new Told(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private int overTheNetwork() throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/api/slots");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void itsOwnerNeedsNoToken() throws Exception {
    assertThat(overTheNetwork()).isEqualTo(401);
    assertThat(cli("slots", "status", "--json")).isEqualTo(new Told(0, SLOT + "\n", ""));
    assertThat(cli("slots", "enable", "chat").code()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    server.close();
    assertThat(path).doesNotExist();
  }

  @Test
  void whatADeadDaemonLeftIsReplacedAndALivingOnesIsNot() throws Exception {
    server.close();
    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    server = server();
    server.start();
    try (ApiServer second = server()) {
      second.start();
      assertThat(second.address().getPort()).isPositive();
      assertThat(cli("slots", "status", "--json").code()).isZero();
    }
    assertThat(cli("slots", "status", "--json").code()).isZero();
  }

  @Test
  void anAddressThatIsNamedIsUsed() {
    Told told = cli("slots", "status", "--url", "http://127.0.0.1:1");
    assertThat(told.code()).isEqualTo(3);
    assertThat(told.err()).contains("http://127.0.0.1:1 (from --url)");
  }
}
