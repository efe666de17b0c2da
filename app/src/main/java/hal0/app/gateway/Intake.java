package hal0.app.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import hal0.app.api.Code;
import hal0.app.api.Problem;
import hal0.app.api.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;

/**
 * Reads as much of a request's body as it takes to know the model that it names. Blocks its thread
 * while the client sends. For one thread.
 */
final class Intake {
  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  /** A form that is not searched in parts. */
  private static final int LONGEST_FORM = 1 << 20;

  private final Request request;
  private final GatewayLimits limits;
  private final String type;
  private final String media;
  private final boolean readable;
  private final Body body;

  /**
   * @param budget how many bytes may yet be held, by all requests together
   * @throws ProblemException 413 if the body's announced length is too long
   */
  Intake(Request request, GatewayLimits limits, AtomicLong budget) {
    this.request = request;
    this.limits = limits;
    type = Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)).orElse("");
    int semicolon = type.indexOf(';');
    media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    readable = encoding == null || encoding.equalsIgnoreCase("identity");
    long limit = isJson() ? limits.body() : limits.upload();
    long announced = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    if (announced > limit) {
      throw tooLong(limit);
    }
    body = new Body(request, announced, limit, budget);
  }

  private static ProblemException tooLong(long limit) {
    return Problem.of(
            Code.REQUEST_TOO_LARGE,
            "the body is longer than "
                + limit
                + " bytes; see [server] max_body and max_upload in hal0.toml")
        .exception();
  }

  private boolean isJson() {
    return media.isEmpty() || media.equals("application/json") || media.endsWith("+json");
  }

  /** The body, what was read of it included. */
  Body body() {
    return body;
  }

  /**
   * The model that is named, if any is.
   *
   * @throws ProblemException 400 if it is no text or the body is no JSON, 408, 413
   * @throws IOException if the client is gone
   */
  Optional<String> model() throws IOException {
    Optional<Throwable> fault = body.fault();
    if (fault.isPresent() && fault.get() instanceof Body.TooLong) {
      throw tooLong(body.limit());
    } else if (fault.isPresent()) {
      throw new EofException(fault.get());
    }
    Optional<String> model =
        !readable
            ? Optional.empty()
            : switch (media) {
              case "multipart/form-data" -> ofForm();
              case "application/x-www-form-urlencoded" -> ofFields();
              default -> isJson() ? ofJson() : Optional.empty();
            };
    return model.filter(name -> !name.isEmpty());
  }

  private Optional<String> ofJson() throws IOException {
    ModelKey key = new ModelKey();
    ModelKey.Outcome outcome = ModelKey.Outcome.OPEN;
    for (byte[] part : body.held()) {
      outcome = key.feed(part);
    }
    while (outcome == ModelKey.Outcome.OPEN || outcome == ModelKey.Outcome.NONE) {
      Optional<byte[]> part = next(limits.body());
      if (part.isEmpty()) {
        break;
      }
      outcome = key.feed(part.get());
    }
    if (outcome == ModelKey.Outcome.NOT_TEXT) {
      throw Problem.of(Code.DISPATCH_MODEL_REQUIRED, "model must be a text, the name of one")
          .exception();
    }
    if (outcome == ModelKey.Outcome.FOUND) {
      return Optional.of(key.model());
    }
    if (body.bytesRead() > 0) {
      checkJson();
    }
    return Optional.empty();
  }

  /** Where no model could be found, a body that is no JSON is why. */
  private void checkJson() {
    List<InputStream> parts =
        body.held().stream().map(part -> (InputStream) new ByteArrayInputStream(part)).toList();
    try (JsonParser parser =
        STRICT.createParser(new SequenceInputStream(Collections.enumeration(parts)))) {
      JsonToken first = parser.nextToken();
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw invalid("there is more after the end of the JSON value");
      }
      if (first != JsonToken.START_OBJECT) {
        throw Problem.of(Code.REQUEST_NOT_AN_OBJECT, "the body must be a JSON object").exception();
      }
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw invalid(e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid(e.getMessage());
    }
  }

  private static ProblemException invalid(String why) {
    return Problem.of(Code.REQUEST_INVALID_JSON, "the body is not JSON: " + why).exception();
  }

  private Optional<String> ofFields() throws IOException {
    boolean more = true;
    while (more && body.bytesRead() <= LONGEST_FORM) {
      more = next(limits.upload()).isPresent();
      // What curl sends where nobody told it what it sends.
      List<byte[]> held = body.held();
      if (!held.isEmpty() && held.getFirst()[0] == '{') {
        return ofJson();
      }
    }
    StringBuilder text = new StringBuilder();
    body.held().forEach(part -> text.append(new String(part, StandardCharsets.ISO_8859_1)));
    for (String pair : text.toString().split("&", -1)) {
      if (pair.startsWith("model=")) {
        return decoded(pair.substring("model=".length()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> decoded(String value) {
    try {
      return Optional.of(URLDecoder.decode(value, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<String> ofForm() throws IOException {
    String boundary = MultiPart.extractBoundary(type);
    if (boundary == null || boundary.isEmpty()) {
      return Optional.empty();
    }
    FormModel form = new FormModel(boundary);
    while (form.model().isEmpty() && !form.isOver() && body.bytesRead() <= limits.look()) {
      Optional<byte[]> part = next(limits.upload());
      if (part.isEmpty()) {
        break;
      }
      form.feed(part.get());
    }
    return form.model();
  }

  /** The next part, which the body holds; empty at its end. */
  private Optional<byte[]> next(long limit) throws IOException {
    while (!body.isComplete()) {
      Chunk chunk = request.read();
      if (chunk == null) {
        await();
      } else if (Chunk.isFailure(chunk)) {
        throw new EofException(chunk.getFailure());
      } else {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.getByteBuffer().slice().get(bytes);
        boolean last = chunk.isLast();
        chunk.release();
        keep(bytes, last, limit);
        if (bytes.length > 0) {
          return Optional.of(bytes);
        }
      }
    }
    return Optional.empty();
  }

  private void keep(byte[] bytes, boolean last, long limit) {
    if (last) {
      body.end();
    }
    if (!body.hold(bytes)) {
      throw new ProblemException(
          Problem.of(
                  Code.DISPATCH_SATURATED,
                  "too many long requests that name no model at their start: put \"model\" first")
              .retryAfter(Duration.ofSeconds(1)));
    }
    if (body.bytesRead() > limit) {
      throw tooLong(limit);
    }
  }

  private void await() throws IOException {
    CompletableFuture<Void> more = new CompletableFuture<>();
    request.demand(() -> more.complete(null));
    try {
      more.get(limits.silence().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ProblemException(
          Problem.of(
                  Code.REQUEST_TIMEOUT,
                  "nothing of the body came for " + limits.silence().toSeconds() + " s")
              .withHeader("Connection", "close"));
    } catch (ExecutionException e) {
      throw new EofException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server is ending");
    }
  }
}
