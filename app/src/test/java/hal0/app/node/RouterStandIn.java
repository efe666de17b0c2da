package hal0.app.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks as zenoh-plugin-rest 1.x does: publishes by PUT, subscribes by GET, samples as that plugin
 * writes them. It keeps its port while it is stopped, and ends every connection then.
 */
final class RouterStandIn implements Router {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String END = "";

  private final HttpServer server;
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;
  private volatile int putStatus = 200;
  private final AtomicInteger refused = new AtomicInteger();

  private record Subscriber(String key, BlockingQueue<String> samples) {}

  RouterStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  @Override
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What every PUT is answered with from now on; nothing is published but with 200. */
  void answerPutsWith(int status) {
    putStatus = status;
  }

  /** How many PUTs were not answered with 200. */
  int refused() {
    return refused.get();
  }

  @Override
  public void stop() {
    stopped = true;
    subscribers.forEach(one -> one.samples.add(END));
    subscribers.clear();
  }

  @Override
  public void start() {
    stopped = false;
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (stopped) {
      exchange.close();
      return;
    }
    String key = exchange.getRequestURI().getPath().substring(1);
    String accept = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept")).orElse("");
    if (exchange.getRequestMethod().equals("PUT")) {
      put(exchange, key, body);
    } else if (accept.split("[,;]", 2)[0].equals("text/event-stream")) {
      subscribe(exchange, key);
    } else {
      exchange.sendResponseHeaders(405, -1);
      exchange.close();
    }
  }

  private void put(HttpExchange exchange, String key, byte[] body) throws IOException {
    int status = putStatus;
    if (status == 200) {
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      String sample = sample(key, body, type == null ? "zenoh/bytes" : type);
      subscribers.stream().filter(one -> one.key.equals(key)).forEach(s -> s.samples.add(sample));
    }
    if (status != 200) {
      refused.incrementAndGet();
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static String sample(String key, byte[] body, String encoding) {
    ObjectNode sample = MAPPER.createObjectNode();
    sample.put("key", key);
    sample.set("value", value(body, encoding));
    sample.put("encoding", encoding);
    sample.putNull("timestamp");
    return sample.toString();
  }

  private static JsonNode value(byte[] body, String encoding) {
    if (body.length == 0) {
      return MAPPER.nullNode();
    }
    String base64 = Base64.getEncoder().encodeToString(body);
    try {
      return switch (encoding) {
        case "application/json", "text/json" -> MAPPER.reader().readTree(body);
        case "text/plain", "zenoh/string" ->
            MAPPER
                .getNodeFactory()
                .textNode(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        default -> MAPPER.getNodeFactory().textNode(base64);
      };
    } catch (JsonProcessingException | CharacterCodingException e) {
      return MAPPER.getNodeFactory().textNode(base64);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void subscribe(HttpExchange exchange, String key) throws IOException {
    Subscriber subscriber = new Subscriber(key, new LinkedBlockingQueue<>());
    subscribers.add(subscriber);
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (exchange) {
      OutputStream out = exchange.getResponseBody();
      out.flush();
      for (String s = subscriber.samples.take(); !s.equals(END); s = subscriber.samples.take()) {
        out.write(("data: " + s + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      subscribers.remove(subscriber);
    }
  }

  @Override
  public void close() {
    stop();
    server.stop(0);
  }
}
