package hal0.app;

import hal0.app.cli.ServeFlags;
import hal0.app.cli.Session;
import hal0.app.supervise.Supervisor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is to start quickly, done once at build time while the JVM records it for its AOT cache.
 * Touches nothing but a temporary directory and two ports of its own.
 */
public final class Rehearsal {
  private static final String SLOT =
      """
      [{"name":"chat","state":"ready","reason":"loaded","message":"","model_id":"qwen3-4b","port":8101,\
      "updated_at":1772366390.125,"status":"ready","models":["qwen3-4b"],"provider":"llama-server","kind":"local",\
      "backend":null,"enabled":true,"routable":true,"in_flight":0,"unit":{"name":"hal0-slot@chat.service",\
      "active_state":"active","sub_state":"running","main_pid":4711,"n_restarts":0,"result":"success",\
      "invocation_id":"0123"},"probe":{"verdict":"serving","detail":"\\"qwen3-4b\\" is loaded",\
      "at":"2026-03-01T12:00:00.000Z","latency_ms":1.250,"failures":0},"config_drift":false,"config_error":null,\
      "metadata":{}}]\
      """;

  private Rehearsal() {}

  /**
   * With {@code slots status}: that, which runs on hal0's own jar alone. With {@code serve}: the
   * daemon. With {@code supervise}: the supervisor of a server. With {@code worker}: a worker with
   * the demo engine. Nothing in this class may name what other jars have: the first kind runs
   * without them.
   */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "serve" -> serve();
      case "supervise" -> supervise();
      case "worker" -> WorkerRehearsal.play();
      default -> {
        status();
        socket();
      }
    }
    System.exit(0);
  }

  private static void supervise() throws IOException, InterruptedException {
    try (var server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answer(server));
      Supervisor.rehearse(server.getLocalPort());
    }
  }

  private static void status() throws IOException {
    try (var server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answer(server));
      String url = "http://127.0.0.1:" + server.getLocalPort();
      run(url, null, "slots", "status");
      run(url, "24 80", "slots", "status");
      run(url, null, "slots", "status", "--json");
      run(url, null, "slots", "status", "nope");
      run("http://127.0.0.1:1", null, "slots", "status");
    }
  }

  /** The same over the daemon's socket. */
  private static void socket() throws IOException {
    Path directory = Files.createTempDirectory("hal0-rehearsal");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Path socket = Files.createDirectory(directory.resolve("hal0")).resolve("api.sock");
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.startVirtualThread(() -> answer(server));
      var env = Map.of("HAL0_SCOPE", "user", "XDG_RUNTIME_DIR", directory.toString());
      run(env, null, "slots", "status");
      run(env, "24 80", "slots", "status");
      run(env, null, "slots", "status", "--json");
    } finally {
      remove(directory);
    }
  }

  private static void answer(ServerSocketChannel server) {
    byte[] body = SLOT.getBytes(StandardCharsets.UTF_8);
    String head = "HTTP/1.0 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n";
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        channel.read(ByteBuffer.allocate(8192));
        channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        channel.write(ByteBuffer.wrap(body));
      } catch (IOException ended) {
        // The next one, unless it was the server's end.
        continue;
      }
    }
  }

  private static void answer(ServerSocket server) {
    byte[] body = SLOT.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 200 OK\r\n"
            + "Content-Type: application/json\r\n"
            + "Connection: close\r\n"
            + "Content-Length: ";
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        // One read takes the whole of a request without a body.
        int read = socket.getInputStream().read(new byte[8192]);
        socket
            .getOutputStream()
            .write((head + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body, 0, read < 0 ? 0 : body.length);
      } catch (IOException ended) {
        // The next one, unless it was the server's end.
        continue;
      }
    }
  }

  private static void serve() throws Exception {
    Path directory = Files.createTempDirectory("hal0-rehearsal");
    try {
      Path slots = Files.createDirectories(directory.resolve("config/slots"));
      Files.writeString(
          slots.resolve("chat.toml"),
          "provider = \"generic\"\nport = 8101\n[run]\ncommand = [\"true\"]\n");
      Map<String, String> env =
          Map.of(
              "HOME", directory.toString(),
              "XDG_CONFIG_HOME", directory.toString(),
              "XDG_RUNTIME_DIR", directory.toString(),
              "DBUS_SESSION_BUS_ADDRESS", "unix:path=" + directory.resolve("no-bus"));
      String config = directory.resolve("config").toString();
      String state = directory.resolve("state").toString();
      var flags = new ServeFlags("user", config, state, "127.0.0.1:0");
      try (var daemon = new Daemon(ServeSettings.of(flags, env, false))) {
        String url = "http://127.0.0.1:" + daemon.address().getPort();
        run(url, null, "serve", "--help");
        run(url, null, "slots", "status");
        run(url, null, "slots", "status", "nope", "--json");
        var own = Map.of("HAL0_SCOPE", "user", "XDG_RUNTIME_DIR", directory.toString());
        run(own, null, "slots", "status");
      }
    } finally {
      remove(directory);
    }
  }

  static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void run(String url, String tty, String... args) {
    run(Map.of("HAL0_URL", url), tty, args);
  }

  static void run(Map<String, String> more, String tty, String... args) {
    Map<String, String> env = new HashMap<>(Map.of("TERM", "xterm", "LANG", "C.UTF-8"));
    env.putAll(more);
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Main.run(Session.of(env, nowhere, nowhere, tty), args);
  }
}
