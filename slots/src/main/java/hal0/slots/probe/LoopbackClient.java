package hal0.slots.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * OkHttp, tied down for probes: 127.0.0.1 only, no proxy, no redirects, no retries, no cookies, no
 * compression, and a new connection for each request, so that a kept one that has died is never
 * taken for a refusal. Safe for use by many threads.
 */
final class LoopbackClient {
  /** How much of a body is read, in bytes. */
  static final int BODY_LIMIT = 1 << 20;

  private static final MediaType JSON = MediaType.get("application/json");

  private final OkHttpClient client;

  LoopbackClient() {
    this(new LoopbackSockets());
  }

  LoopbackClient(SocketFactory sockets) {
    client =
        new OkHttpClient.Builder()
            .proxy(Proxy.NO_PROXY)
            .socketFactory(sockets)
            .dns(host -> List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})))
            .protocols(List.of(Protocol.HTTP_1_1))
            // Without TLS its whole machinery need not be loaded: that is half a second at the
            // start.
            .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
            .retryOnConnectionFailure(false)
            .fastFallback(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .cookieJar(CookieJar.NO_COOKIES)
            // No limits here: a probe has one deadline, and cancels its call then.
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .addNetworkInterceptor(LoopbackClient::screen)
            .build();
  }

  /**
   * A request that has not been sent.
   *
   * @param path with its query, as the slot file has it
   * @param post a JSON body to post; empty: GET
   * @param key the upstream's key
   * @param connecting runs when the connection is about to be made
   * @throws IllegalArgumentException when path or key can't be part of a request
   */
  Call newCall(
      int port, String path, Optional<String> post, Optional<String> key, Runnable connecting) {
    String origin = "http://127.0.0.1:" + port;
    HttpUrl url = HttpUrl.get(path.startsWith("/") ? origin + path : origin + "/" + path);
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .header("Accept", "application/json, */*;q=0.1")
            .header("Accept-Encoding", "identity")
            .header("Connection", "close")
            .header("User-Agent", "hal0");
    post.ifPresent(body -> request.post(RequestBody.create(body, JSON)));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    Call call = client.newCall(request.build());
    call.addEventListener(
        new EventListener() {
          @Override
          public void connectStart(Call begun, InetSocketAddress address, Proxy proxy) {
            connecting.run();
          }
        });
    return call;
  }

  /** How many connections are open or in the books; none between two questions. */
  int connections() {
    return client.connectionPool().connectionCount();
  }

  /**
   * Sends the request and waits for the answer, on the caller's thread; cancelling the call ends
   * the wait.
   */
  static Answer ask(Call call) {
    HttpUrl url = call.request().url();
    String path = Details.brief(url.encodedPath());
    boolean begun = false;
    try (Response response = call.execute()) {
      begun = true;
      return read(path, response);
    } catch (IOException | RuntimeException e) {
      return new Answer.Silence(Silences.of(e, path, url.port(), begun));
    } finally {
      // The connection is not used again; without this, OkHttp would wait for the rest of an
      // endless body.
      call.cancel();
    }
  }

  /** Keeps from OkHttp what it can't digest. */
  private static Response screen(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String length = response.header("Content-Length", "").strip();
    // The body of such an answer can't be closed: the connection would stay in the books. Thrown
    // here, it doesn't.
    if (response.code() == 101) {
      throw new ProtocolException("101, a switch of protocols");
    }
    if (length.startsWith("-")) {
      throw new ProtocolException("Content-Length: " + length);
    }
    // "Retry-After: 0" with a 503 makes OkHttp ask again, whatever it was told of retries.
    return response.newBuilder().removeHeader("Retry-After").build();
  }

  private static Answer read(String path, Response response) throws IOException {
    BufferedSource source = response.body().source();
    long announced = response.body().contentLength();
    if (announced > BODY_LIMIT) {
      return new Answer.Reply(path, response.code(), new byte[0], announced);
    }
    boolean more = source.request(BODY_LIMIT + 1L);
    byte[] body = source.getBuffer().readByteArray(more ? BODY_LIMIT : source.getBuffer().size());
    return new Answer.Reply(path, response.code(), body, more ? -1 : body.length);
  }
}
