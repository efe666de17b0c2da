package hal0.app.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;

/** Reads a request's body, within bounds of size and time. */
final class RequestBody {
  /**
   * A body that is too long is read and thrown away up to here, so that its sender gets to read the
   * answer.
   */
  private static final long DISCARDED = 16L << 20;

  private final Request request;
  private final Limits limits;
  private final Surroundings surroundings;
  private final long deadline;

  RequestBody(Request request, Surroundings surroundings) {
    this.request = request;
    this.surroundings = surroundings;
    this.limits = surroundings.limits();
    this.deadline = surroundings.clockwork().nanos() + limits.bodyTime().toNanos();
  }

  /**
   * All of it; empty where there is none.
   *
   * @throws ProblemException 413 if it is too long, 408 if it takes too long, 415 if it is not JSON
   * @throws IOException if the client is gone
   */
  byte[] read() throws IOException {
    long announced = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    if (announced > limits.body()) {
      throw tooLarge();
    }
    if (announced > 0) {
      checkMedia();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    long length = 0;
    while (true) {
      Content.Chunk chunk = next();
      if (length <= limits.body()) {
        copy(chunk.getByteBuffer().slice(), body);
      }
      length += chunk.remaining();
      boolean last = chunk.isLast();
      chunk.release();
      if (last || length > DISCARDED) {
        break;
      }
    }
    if (length > limits.body()) {
      throw tooLarge();
    }
    if (length > 0) {
      checkMedia();
    }
    return body.toByteArray();
  }

  private static void copy(ByteBuffer from, ByteArrayOutputStream to) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    to.writeBytes(bytes);
  }

  /**
   * Reads a body away where that is cheap: a client that is still sending would not read the
   * answer.
   *
   * @return whether all of it was read
   * @throws ProblemException 408 if it takes too long
   */
  static boolean discard(Request request, Surroundings surroundings) throws IOException {
    return new RequestBody(request, surroundings).discard();
  }

  private boolean discard() throws IOException {
    long length = 0;
    boolean last = false;
    boolean cheap = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) <= DISCARDED;
    while (cheap && !last && length <= DISCARDED) {
      Content.Chunk chunk = next();
      length += chunk.remaining();
      last = chunk.isLast();
      chunk.release();
    }
    return last;
  }

  private Content.Chunk next() throws IOException {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        awaitMore();
      } else if (Content.Chunk.isFailure(chunk)) {
        throw failed(chunk.getFailure());
      } else {
        return chunk;
      }
    }
  }

  private IOException failed(Throwable failure) {
    if (failure instanceof TimeoutException) {
      throw tooSlow();
    }
    if (failure instanceof HttpException e) {
      throw new ProblemException(
          Problem.ofStatus(e.getCode(), e.getReason()).withHeader("Connection", "close"));
    }
    return new EofException(failure);
  }

  private void awaitMore() throws IOException {
    CompletableFuture<Void> more = new CompletableFuture<>();
    request.demand(() -> more.complete(null));
    try {
      long left = deadline - surroundings.clockwork().nanos();
      more.get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw tooSlow();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server is ending");
    }
  }

  private void checkMedia() {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    boolean plain = encoding == null || encoding.equalsIgnoreCase("identity");
    if (!plain || type == null || !isJson(type)) {
      String got =
          !plain ? "Content-Encoding: " + encoding : type == null ? "no Content-Type" : type;
      throw new ProblemException(
          Problem.of(
              Code.REQUEST_UNSUPPORTED_MEDIA,
              "the body must be sent as Content-Type: application/json, not " + got));
    }
  }

  private static boolean isJson(String type) {
    int semicolon = type.indexOf(';');
    String media =
        (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    String rest =
        semicolon < 0
            ? ""
            : type.substring(semicolon + 1).replace("\"", "").strip().toLowerCase(Locale.ROOT);
    return media.equals("application/json") && (rest.isEmpty() || rest.equals("charset=utf-8"));
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        Problem.of(Code.REQUEST_TOO_LARGE, "the body is longer than " + limits.body() + " bytes"));
  }

  private ProblemException tooSlow() {
    String limit = limits.bodyTime().toMillis() / 1000.0 + " s";
    return new ProblemException(
        Problem.of(Code.REQUEST_TIMEOUT, "the body did not come within " + limit)
            .withHeader("Connection", "close"));
  }
}
