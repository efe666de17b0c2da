package hal0.tests.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry on a free port of 127.0.0.1 that has one image, {@code box:1}; whatever else is asked
 * for is not there. Safe for use by many threads.
 */
public final class Registry implements AutoCloseable {
  private static final String MANIFESTS = "/v2/box/manifests/";
  private static final String BLOBS = "/v2/box/blobs/";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Path blobs;
  private final JsonNode manifest;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final CountDownLatch waited = new CountDownLatch(1);

  /**
   * Serves an image of podman's.
   *
   * @param directory empty, to keep the image in
   */
  public Registry(PrivatePodman podman, Path directory) throws IOException {
    podman
        .run("save", "--format", "oci-dir", "-o", directory.toString(), PrivatePodman.IMAGE)
        .orThrow();
    blobs = directory.resolve("blobs/sha256");
    manifest =
        Answer.JSON.readTree(directory.resolve("index.json").toFile()).path("manifests").path(0);
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** An image's name, as a slot's file has it. */
  public String image(String name) {
    return "127.0.0.1:" + server.getAddress().getPort() + "/" + name;
  }

  /** From now on layers are sent when this is opened. */
  public void holdLayers(CountDownLatch until) {
    gate = until;
  }

  /** Opens when somebody waits for a layer. */
  public CountDownLatch waited() {
    return waited;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String digest = manifest.path("digest").asText();
      if (path.equals("/v2/")) {
        exchange.sendResponseHeaders(200, -1);
      } else if (path.equals(MANIFESTS + "1") || path.equals(MANIFESTS + digest)) {
        exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
        send(exchange, manifest.path("mediaType").asText(), digest);
      } else if (path.startsWith(BLOBS)) {
        waited.countDown();
        gate.await();
        send(exchange, "application/octet-stream", path.substring(BLOBS.length()));
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(HttpExchange exchange, String type, String digest) throws IOException {
    Path blob = blobs.resolve(digest.replace("sha256:", ""));
    if (!Files.exists(blob)) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : Files.size(blob));
    if (!head) {
      Files.copy(blob, exchange.getResponseBody());
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
