package hal0.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.app.auth.Guard;
import hal0.app.auth.Token;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A real server on a free port in front of fake slots, and what is needed to ask it. */
final class ApiBed implements AutoCloseable {
  static final String TOKEN = "a-token-for-tests";
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final ObjectMapper MAPPER = new ObjectMapper();

  final FakeSlots slots;
  final ApiServer server;
  final int port;
  final List<Route> routes;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What came back. */
  record Answer(int status, String text, HttpResponse<?> response) {
    JsonNode json() throws IOException {
      return MAPPER.readTree(text);
    }

    String code() throws IOException {
      return json().path("error").path("code").asText();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  ApiBed(FakeSlots slots) throws IOException {
    this(slots, Limits.DEFAULT, false, List.of());
  }

  ApiBed(FakeSlots slots, Limits limits, boolean requireAll, List<Route> more) throws IOException {
    this.slots = slots;
    SystemClockwork clockwork = new SystemClockwork();
    routes = new ArrayList<>(new SlotRoutes(slots).routes());
    routes.addAll(new StreamRoutes(slots).routes());
    routes.addAll(new HealthRoutes(() -> HealthRoutes.missing(slots), clockwork).routes());
    routes.addAll(more);
    InetSocketAddress listen = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    Guard guard =
        new Guard(new Token(TOKEN), listen, requireAll, "thishost", List.of("box.example"));
    server = new ApiServer(listen, Optional.empty(), guard, new Routes(routes), limits, clockwork);
    server.start();
    port = server.address().getPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /**
   * Asks.
   *
   * @param body null for none
   * @param headers names and values by turns
   */
  Answer ask(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).method(method, publisher);
    if (body != null && !List.of(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), response);
  }

  Answer get(String path) throws IOException, InterruptedException {
    return ask("GET", path, null);
  }

  Answer post(String path, String body) throws IOException, InterruptedException {
    return ask("POST", path, body);
  }

  /** Sends bytes as they are and reads whatever comes until the server ends the connection. */
  String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Socket socket() throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  /** Waits until something holds. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen: " + what);
      }
      Thread.sleep(10);
    }
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
