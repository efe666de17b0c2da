package hal0.app.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import okio.Okio;

/**
 * Zenoh through a router's REST plugin, as zenoh-plugin-rest of 1.x speaks (its src/lib.rs): PUT
 * publishes and answers 200; a GET whose first accepted type is {@code text/event-stream}
 * subscribes, and each event's data is a sample {@code {key, value, encoding, timestamp}}. A value
 * whose encoding is JSON is JSON, text is a string, and everything else is base64; an empty one is
 * null.
 */
final class ZenohRest implements HeartbeatSink, RequestSource {
  private static final String STATUS = "local/llm/status";
  private static final String REQUEST = "local/llm/request";
  private static final String RESPONSE = "local/llm/response";

  /** The longest sample that is read, in bytes. */
  static final long LONGEST = 4 << 20;

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration PUT = Duration.ofSeconds(4);

  /**
   * Without a charset: to the plugin, an encoding with one is not JSON, and it would pass on
   * base64.
   */
  private static final MediaType JSON = MediaType.get("application/json");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpUrl endpoint;
  private final OkHttpClient puts =
      new OkHttpClient.Builder()
          .proxy(Proxy.NO_PROXY)
          .followRedirects(false)
          .followSslRedirects(false)
          .connectTimeout(CONNECT)
          .callTimeout(PUT)
          .build();

  /** The plugin sends nothing while there are no samples: silence is no failure. */
  private final OkHttpClient streams =
      puts.newBuilder()
          .callTimeout(Duration.ZERO)
          .readTimeout(Duration.ZERO)
          .addNetworkInterceptor(
              chain -> {
                Response response = chain.proceed(chain.request());
                ResponseBody body = response.body();
                return response
                    .newBuilder()
                    .body(
                        ResponseBody.create(
                            Okio.buffer(new EventLimit(body.source(), LONGEST)),
                            body.contentType(),
                            body.contentLength()))
                    .build();
              })
          .build();

  private volatile Call following;

  /**
   * Nothing is sent before it is asked for.
   *
   * @throws IllegalArgumentException if there can be nothing at that address
   */
  ZenohRest(URI endpoint) {
    this.endpoint = HttpUrl.get(endpoint.toString());
  }

  @Override
  public void publish(byte[] heartbeat) throws IOException {
    put(STATUS, heartbeat);
  }

  @Override
  public void answer(byte[] answer) throws IOException {
    put(RESPONSE, answer);
  }

  private HttpUrl url(String key) {
    return endpoint.newBuilder().addPathSegments(key).build();
  }

  private void put(String key, byte[] json) throws IOException {
    Request request =
        new Request.Builder().url(url(key)).put(RequestBody.create(json, JSON)).build();
    try (Response response = puts.newCall(request).execute()) {
      // An older plugin answers 204 when it could not read the body.
      if (response.code() != 200) {
        throw new Refused("PUT " + key + " was answered with " + response.code());
      }
    } catch (Refused e) {
      throw e;
    } catch (IOException e) {
      throw told("PUT " + key, e);
    }
  }

  /** The same words for the same cause, whatever ports and times are in the library's. */
  private static IOException told(String what, IOException e) {
    String why =
        switch (e) {
          case ConnectException refused -> "no connection";
          case SocketTimeoutException late -> "no answer in time";
          case java.io.InterruptedIOException late -> "no answer in time";
          default -> String.valueOf(e.getMessage()).lines().findFirst().orElse("failed");
        };
    return new IOException(what + ": " + why, e);
  }

  @Override
  public void follow(Listener listener) throws IOException {
    Request request =
        new Request.Builder().url(url(REQUEST)).header("Accept", "text/event-stream").build();
    Call call = streams.newCall(request);
    following = call;
    Samples samples = new Samples(listener);
    try (Response response = call.execute()) {
      if (response.code() != 200) {
        throw new Refused("GET " + REQUEST + " was answered with " + response.code());
      }
      EventSources.processResponse(response, samples);
    } catch (Refused e) {
      throw e;
    } catch (IOException e) {
      throw told("GET " + REQUEST, e);
    }
    if (samples.failure instanceof EventLimit.TooLong) {
      listener.arrived(new byte[0]);
    }
    throw told(
        "GET " + REQUEST,
        samples.failure instanceof IOException e ? e : new IOException("the stream has ended"));
  }

  @Override
  public void hangUp() {
    Call call = following;
    if (call != null) {
      call.cancel();
    }
  }

  /** A sample's payload, as its sender wrote it. */
  static byte[] payload(String sample) {
    JsonNode value;
    try {
      value = MAPPER.readTree(sample).path("value");
    } catch (JsonProcessingException e) {
      return sample.getBytes(StandardCharsets.UTF_8);
    }
    if (!value.isTextual()) {
      return value.toString().getBytes(StandardCharsets.UTF_8);
    }
    String text = value.textValue();
    // No base64 begins like an object, and a request is nothing else.
    if (!text.isBlank() && !text.stripLeading().startsWith("{")) {
      try {
        return Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException notBase64) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final class Samples extends EventSourceListener {
    private final Listener listener;
    private Throwable failure;

    private Samples(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void onOpen(EventSource source, Response response) {
      listener.opened();
    }

    @Override
    public void onEvent(EventSource source, String id, String type, String data) {
      listener.arrived(payload(data));
    }

    @Override
    public void onFailure(EventSource source, Throwable cause, Response response) {
      failure = cause != null ? cause : new IOException("no stream of events");
    }
  }
}
