package hal0.app.gateway.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers one request of the bridge on a thread of its own: reads it whole, asks, tells. */
final class WorkerHandler extends Handler.Abstract {
  /** As large as a frame may be, some of which is ours. */
  private static final int LONGEST = (32 << 20) - (64 << 10);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final WorkerBridge bridge;

  WorkerHandler(WorkerBridge bridge) {
    this.bridge = bridge;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPathQuery();
    int end = path.indexOf('/', 1);
    Optional<WorkerRequest> asked = bridge.find(path.substring(1, Math.max(1, end)));
    if (asked.isEmpty()) {
      callback.failed(new EofException("nobody waits for this any more"));
      return true;
    }
    try {
      Told told = new Told(response);
      try {
        asked.get().answer(path.substring(end), body(request), told);
      } catch (Unfit unfit) {
        told.whole(unfit.status(), Failures.unfit(unfit));
      }
      told.end();
      callback.succeeded();
    } catch (IOException | RuntimeException e) {
      callback.failed(e);
    }
    return true;
  }

  private static ObjectNode body(Request request) throws IOException, Unfit {
    byte[] bytes;
    try (var in = Content.Source.asInputStream(request)) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    if (bytes.length > LONGEST) {
      throw Unfit.tooLarge("the body is longer than " + LONGEST + " bytes");
    }
    try {
      JsonNode body = JSON.readTree(bytes);
      if (body instanceof ObjectNode object) {
        return object;
      }
      throw Unfit.badRequest("the body must be a JSON object");
    } catch (JsonProcessingException e) {
      throw Unfit.badRequest("the body is not JSON: " + e.getOriginalMessage());
    }
  }

  /** What is told: one object, or a stream of them. For one thread. */
  static final class Told {
    private final Response response;
    private OutputStream out;

    Told(Response response) {
      this.response = response;
    }

    boolean isBegun() {
      return out != null;
    }

    void whole(int status, ObjectNode answer) throws IOException {
      byte[] bytes = JSON.writeValueAsBytes(answer);
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
      out = Content.Sink.asOutputStream(response);
      out.write(bytes);
    }

    void event(ObjectNode data) throws IOException {
      event(JSON.writeValueAsString(data));
    }

    void event(String data) throws IOException {
      if (out == null) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        out = Content.Sink.asOutputStream(response);
      }
      out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void end() throws IOException {
      if (out != null) {
        out.close();
      }
    }
  }
}
