package hal0.tests.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** HTTP for tests: short to write, patient. Safe for use by many threads. */
public final class Http {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(30))
          .build();

  private Http() {}

  /**
   * Sends a request and reads the whole answer.
   *
   * @param body JSON; null for none
   * @param headers names and values in turns; a {@code Content-Type} given here replaces
   *     application/json
   */
  public static Answer send(String method, URI uri, String body, String... headers) {
    long start = System.nanoTime();
    try {
      HttpResponse<String> response =
          CLIENT.send(
              request(method, uri, body, headers), BodyHandlers.ofString(StandardCharsets.UTF_8));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      return new Answer(
          method + " " + uri, response.statusCode(), response.headers(), response.body(), took);
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a GET whose answer is read as it comes; to be closed by the caller. */
  public static HttpResponse<InputStream> open(URI uri, String... headers)
      throws IOException, InterruptedException {
    return CLIENT.send(request("GET", uri, null, headers), BodyHandlers.ofInputStream());
  }

  private static HttpRequest request(String method, URI uri, String body, String... headers) {
    BodyPublisher publisher =
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(body, StandardCharsets.UTF_8);
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri).method(method, publisher).timeout(LIMIT);
    if (body != null) {
      builder.setHeader("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      builder.setHeader(headers[i], headers[i + 1]);
    }
    return builder.build();
  }
}
