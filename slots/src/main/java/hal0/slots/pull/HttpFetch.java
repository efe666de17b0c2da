package hal0.slots.pull;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * GETs for one pull, redirections followed: never from https to http, and with a key only where it
 * belongs. For one thread at a time; {@link Halt} ends what it waits for.
 */
final class HttpFetch implements AutoCloseable {
  private static final int MOST_REDIRECTIONS = 10;
  private static final Set<Integer> MOVED = Set.of(301, 302, 303, 307, 308);

  private final HttpClient client;
  private final Sources sources;
  private final Clockwork clock;
  private final Pace pace;
  private final Halt halt;

  HttpFetch(Sources sources, Clockwork clock, Pace pace, Halt halt) {
    this.sources = sources;
    this.clock = clock;
    this.pace = pace;
    this.halt = halt;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(pace.connect())
            .executor(clock)
            .build();
  }

  /**
   * Asks; returns when the answer's head is there.
   *
   * @param headers beside those that every request has
   * @throws IOException if nothing came, or nothing that can be understood: it may be tried again
   * @throws PullException if a redirection must not be followed
   * @throws CancellationException if it was halted
   */
  Reply get(URI first, Map<String, String> headers) throws IOException, PullException {
    URI uri = first;
    for (int hop = 0; hop <= MOST_REDIRECTIONS; hop++) {
      HttpResponse<InputStream> response = send(uri, headers);
      if (!MOVED.contains(response.statusCode())) {
        return new Reply(response);
      }
      response.body().close();
      uri = next(uri, response.headers().firstValue("Location").orElse(""));
    }
    throw new PullException(
        "redirected more than " + MOST_REDIRECTIONS + " times", Map.of("address", shown(uri)));
  }

  private static URI next(URI from, String location) throws PullException {
    URI to;
    try {
      to = from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw new PullException("redirected to what is no address", Map.of("address", shown(from)));
    }
    String scheme = String.valueOf(to.getScheme()).toLowerCase(java.util.Locale.ROOT);
    boolean weaker = "https".equalsIgnoreCase(from.getScheme()) && !scheme.equals("https");
    if (location.isEmpty() || weaker || !scheme.startsWith("http") || to.getHost() == null) {
      throw new PullException(
          weaker ? "redirected from https to " + scheme : "redirected to what is no web address",
          Map.of("address", shown(from), "location", shown(to)));
    }
    return to;
  }

  private HttpResponse<InputStream> send(URI uri, Map<String, String> headers)
      throws IOException, PullException {
    HttpRequest.Builder request = HttpRequest.newBuilder(bare(uri));
    request.header("User-Agent", "hal0");
    request.header("Accept", "*/*");
    request.header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    sources.authorization(uri).ifPresent(value -> request.header("Authorization", value));
    CompletableFuture<HttpResponse<InputStream>> sent =
        client.sendAsync(request.build(), BodyHandlers.ofInputStream());
    Clockwork.Timer late = clock.schedule(pace.silence(), () -> sent.cancel(true));
    try (Halt.Watch watch = halt.watch(() -> sent.cancel(true))) {
      return sent.join();
    } catch (CancellationException e) {
      halt.check();
      throw new IOException("no answer for " + pace.silence().toSeconds() + " s", e);
    } catch (CompletionException e) {
      halt.check();
      throw new IOException(said(e.getCause()), e);
    } finally {
      late.cancel();
    }
  }

  /** Without a name and a password, which go into a header. */
  private static URI bare(URI uri) throws PullException {
    String authority = uri.getRawAuthority();
    int at = authority == null ? -1 : authority.lastIndexOf('@');
    try {
      return at < 0
          ? uri
          : URI.create(
              uri.toString().replace("://" + authority, "://" + authority.substring(at + 1)));
    } catch (IllegalArgumentException e) {
      throw new PullException("that is no web address", Map.of("address", shown(uri)));
    }
  }

  private static String said(Throwable cause) {
    String message = cause.getMessage();
    return switch (cause) {
      case java.net.http.HttpConnectTimeoutException _ -> "no connection in time";
      case java.net.ConnectException _ ->
          message == null ? "the connection was refused, or the host is not known" : message;
      default -> message == null ? cause.getClass().getSimpleName() : message;
    };
  }

  static String shown(URI uri) {
    return Sources.shown(uri.toString());
  }

  /** An answer whose head has come. */
  final class Reply implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final InputStream body;
    private final Halt.Watch watch;
    private volatile long lastByte = clock.nanos();
    private volatile boolean silent;
    private volatile boolean closed;

    private Reply(HttpResponse<InputStream> response) {
      this.response = response;
      this.body = response.body();
      this.watch = halt.watch(this::drop);
      look();
    }

    private void look() {
      long left = pace.silence().toNanos() - (clock.nanos() - lastByte);
      if (closed) {
        return;
      }
      if (left <= 0) {
        silent = true;
        drop();
      } else {
        clock.schedule(java.time.Duration.ofNanos(left), this::look);
      }
    }

    private void drop() {
      try {
        body.close();
      } catch (IOException e) {
        // It is gone all the same.
        silent |= false;
      }
    }

    int status() {
      return response.statusCode();
    }

    /** A header's first value; "" for none. */
    String header(String name) {
      return response.headers().firstValue(name).orElse("").strip();
    }

    /** Where it came from in the end. */
    URI from() {
      return response.uri();
    }

    /**
     * Reads some bytes; -1 at the end.
     *
     * @throws IOException if the connection broke, or was silent for too long
     */
    int read(byte[] into) throws IOException {
      int read;
      try {
        read = body.read(into);
      } catch (IOException e) {
        halt.check();
        throw silent ? tooSilent() : new IOException(said(e), e);
      }
      halt.check();
      if (silent) {
        throw tooSilent();
      }
      lastByte = clock.nanos();
      return read;
    }

    private IOException tooSilent() {
      return new IOException("no byte came for " + pace.silence().toSeconds() + " s");
    }

    @Override
    public void close() {
      closed = true;
      watch.close();
      drop();
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
