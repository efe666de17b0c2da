package hal0.app.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Somebody else on the bus: hears one key, and publishes to any. */
final class BusTap implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String router;
  private final Socket socket;
  private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
  private final HttpClient client = HttpClient.newBuilder().build();

  /** Listens from when this returns. */
  BusTap(String router, String key) throws IOException {
    this.router = router;
    URI at = URI.create(router);
    socket = new Socket(at.getHost(), at.getPort());
    socket
        .getOutputStream()
        .write(
            ("GET /" + key + " HTTP/1.1\r\nHost: bus\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    String status = lines.readLine();
    if (status == null || !status.contains(" 200")) {
      throw new IOException("the router said " + status);
    }
    Thread.startVirtualThread(() -> read(lines));
  }

  private void read(BufferedReader lines) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data:")) {
          heard.add(MAPPER.readTree(line.substring(5)).get("value"));
        }
      }
    } catch (IOException e) {
      // The router or this tap has ended.
    }
  }

  /** The next that is like this, within a minute. */
  JsonNode next(Predicate<JsonNode> like) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode one = heard.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (one == null) {
        throw new AssertionError("nothing like that was heard for a minute");
      }
      if (like.test(one)) {
        return one;
      }
    }
  }

  /** The next answer to that request. */
  JsonNode answer(String id) throws InterruptedException {
    return next(one -> one.path("request_id").asText().equals(id));
  }

  /** Publishes; an empty type sends none, as a client that only has bytes. */
  void publish(String key, String type, String payload) throws IOException, InterruptedException {
    HttpRequest.Builder put =
        HttpRequest.newBuilder(URI.create(router + "/" + key))
            .timeout(PATIENCE)
            .PUT(HttpRequest.BodyPublishers.ofString(payload));
    if (!type.isEmpty()) {
      put.header("Content-Type", type);
    }
    HttpResponse<String> answer = client.send(put.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("the router answered " + answer.statusCode());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    client.close();
  }
}
