package hal0.app.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A tiny stand-in for the daemon's API: fixed answers by method and path, streams fed by the test.
 */
final class ApiStandIn implements AutoCloseable {
  private static final String END = "end";

  private final HttpServer server;
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<String>> streams = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  ApiStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** What was asked. */
  record Request(
      String call, String body, String contentType, String authorization, String lastEventId) {}

  private record Reply(int status, String body, Runnable before) {}

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Request> requests() {
    return requests;
  }

  /** Answers a call ({@code GET /api/slots}) from now on. */
  void answer(String call, int status, String body) {
    answer(call, status, body, () -> {});
  }

  /** As {@link #answer(String, int, String)}, after something has been done. */
  void answer(String call, int status, String body, Runnable before) {
    replies.put(call, new Reply(status, body, before));
  }

  /** The contract's envelope. */
  void refuse(String call, int status, String code, String message) {
    answer(
        call,
        status,
        "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"details\":{}}}");
  }

  /** Sends an event to whoever reads that stream, now or later. */
  void event(String path, String type, String id, String data) {
    stream(path).add("event: " + type + "\nid: " + id + "\ndata: " + data + "\n\n");
  }

  /** Ends that stream once. */
  void endStream(String path) {
    stream(path).add(END);
  }

  private BlockingQueue<String> stream(String path) {
    return streams.computeIfAbsent(path, p -> new LinkedBlockingQueue<>());
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var headers = exchange.getRequestHeaders();
    requests.add(
        new Request(
            exchange.getRequestMethod() + " " + path,
            body,
            headers.getFirst("Content-Type"),
            headers.getFirst("Authorization"),
            headers.getFirst("Last-Event-ID")));
    Reply reply = replies.get(exchange.getRequestMethod() + " " + path);
    try (exchange) {
      if (reply != null) {
        reply.before.run();
        send(exchange, reply.status, reply.body);
      } else if (path.endsWith("/stream")) {
        feed(exchange, path);
      } else {
        send(
            exchange,
            404,
            "{\"error\":{\"code\":\"slot.not_found\",\"message\":\"no such"
                + " slot\",\"details\":{}}}");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void feed(HttpExchange exchange, String path) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    try {
      for (String event = stream(path).take(); !event.equals(END); event = stream(path).take()) {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
