package hal0.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Over the network. {@link HttpURLConnection}, because a command lives for a tenth of a second and
 * every other client takes longer than that to start.
 */
final class UrlWire implements Wire {
  private static final int CONNECT_MS = 5_000;

  private final URI base;
  private final Optional<String> token;

  UrlWire(URI base, Optional<String> token) {
    this.base = base;
    this.token = token;
    // A command is sent once: the JDK would send a POST again when its connection breaks.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  @Override
  public Reply send(Request request, int readMs) throws IOException {
    HttpURLConnection connection = connect(request, readMs);
    if (request.json() != null) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      try (var body = connection.getOutputStream()) {
        body.write(request.json().getBytes(StandardCharsets.UTF_8));
      }
    }
    int status = connection.getResponseCode();
    InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    return new Reply(status, in == null ? InputStream.nullInputStream() : in);
  }

  private HttpURLConnection connect(Request request, int readMs) throws IOException {
    // Never through a proxy: the daemon is on this machine, or its network.
    var connection =
        (HttpURLConnection)
            URI.create(base + request.path()).toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(request.method());
    connection.setConnectTimeout(CONNECT_MS);
    connection.setReadTimeout(readMs);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", request.accept());
    connection.setRequestProperty("User-Agent", "hal0");
    if (request.lastId() != null) {
      connection.setRequestProperty("Last-Event-ID", request.lastId());
    }
    token.ifPresent(value -> connection.setRequestProperty("Authorization", "Bearer " + value));
    return connection;
  }
}
