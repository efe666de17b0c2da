package hal0.app.api;

import hal0.slots.spec.SlotSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One request and its answer, for the thread that handles it. */
public final class Exchange {
  private static final String JSON = "application/json";
  private static final int LONGEST_AGENT = 60;
  private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

  private final Request request;
  private final Response response;
  private final Map<String, String> parameters;
  private final Map<String, String> query;
  private final Surroundings surroundings;
  private final Later later;
  private boolean detached;

  Exchange(
      Request request,
      Response response,
      Map<String, String> parameters,
      Map<String, String> query,
      Surroundings surroundings,
      Later later) {
    this.request = request;
    this.response = response;
    this.parameters = parameters;
    this.query = query;
    this.surroundings = surroundings;
    this.later = later;
  }

  /**
   * How a request ends whose handler has returned before its answer. Each of these ends it, the
   * first that is called; none blocks. Safe for use by many threads.
   */
  public interface Later {
    /**
     * Goes on with a thread of its own, which may block. The request ends with it, unless it is
     * detached; what is thrown is answered.
     */
    void apart(Exchange exchange, Route.Handler handler);

    /** The answer was sent, all of it. */
    void done();

    /** The answer can't be ended as it should: the connection is, so that the client sees it. */
    void broken(Throwable cause);

    /** Nothing was sent: the request is answered with this error. */
    void refuse(Exception cause);
  }

  /**
   * From now on the request goes on after its handler has returned; whoever calls this must end it.
   * The handler must neither answer nor throw anything afterwards.
   */
  public Later detach() {
    detached = true;
    return later;
  }

  /** Goes on with a thread of its own, which may block; whoever calls this returns at once. */
  public void apart(Route.Handler handler) {
    later.apart(this, handler);
  }

  boolean isDetached() {
    return detached;
  }

  /** Jetty's view of the request, for what is forwarded as it is. */
  public Request request() {
    return request;
  }

  /** Jetty's view of the answer, for what is forwarded as it is. */
  public Response response() {
    return response;
  }

  /** Ends when the daemon does: who waits for something waits for this too. */
  public CompletableFuture<Void> stopping() {
    return surroundings.stopping();
  }

  /** A header of the request. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Whether only the headers of the answer are wanted. */
  public boolean isHead() {
    return request.getMethod().equals("HEAD");
  }

  /** A parameter of the query, decoded. */
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /**
   * A number of things that the query asks for.
   *
   * @throws ProblemException 400 if it is not from 1 to {@code most}
   */
  public int count(String name, int usual, int most) {
    String given = query(name).orElse(String.valueOf(usual));
    if (!given.matches("[0-9]{1,5}")
        || Integer.parseInt(given) < 1
        || Integer.parseInt(given) > most) {
      throw Problem.wrongKey(name, "must be a number from 1 to " + most);
    }
    return Integer.parseInt(given);
  }

  /** Who asks, for people: where from, and with which program as far as it says. */
  public String caller() {
    String from = Callers.name(request);
    return header("User-Agent")
        .map(agent -> UNPRINTABLE.matcher(agent).replaceAll("?"))
        .map(agent -> agent.substring(0, Math.min(LONGEST_AGENT, agent.length())))
        .filter(agent -> !agent.isBlank())
        .map(agent -> from + " with " + agent)
        .orElse(from);
  }

  /**
   * The path's {@code {name}}.
   *
   * @throws ProblemException 404 if nothing can be called that
   */
  public String slotName() {
    String name = parameters.get("name");
    if (!SlotSpec.isName(name)) {
      throw notFound(name);
    }
    return name;
  }

  /** A {@code {name}} of the path's pattern, decoded. */
  public String parameter(String name) {
    return parameters.get(name);
  }

  /** What follows {@code prefix}, such as {@code /v1/models/}, in the path, decoded. */
  public String rest(String prefix) {
    String path = String.join("/", UrlText.segments(request.getHttpURI().getPath()));
    return path.substring(prefix.length() - 1);
  }

  /** 404 for a slot. */
  static ProblemException notFound(String name) {
    String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
    return new ProblemException(Problem.of(new hal0.slots.SlotException.NotFound(shown)));
  }

  /**
   * Whether the answer waits for the command's end ({@code ?wait=0}: no).
   *
   * @throws ProblemException 400 if {@code wait} is something else than 0 or 1
   */
  public boolean isPatient() {
    return switch (query("wait").orElse("1")) {
      case "0", "false" -> false;
      case "1", "true" -> true;
      default ->
          throw Problem.wrongKey("wait", "must be 0 (answer at once) or 1 (wait for the end)");
    };
  }

  /**
   * The body, a JSON object; an absent one is empty.
   *
   * @throws ProblemException 408, 413, 415 or 400
   */
  public Map<String, Object> body() throws IOException {
    byte[] bytes = new RequestBody(request, surroundings).read();
    return bytes.length == 0 ? Map.of() : JsonIn.object(bytes);
  }

  /** Answers with JSON. */
  public void json(int status, JsonOut.Writer value) throws IOException {
    json(status, JsonOut.bytes(value));
  }

  /** Answers with JSON that is ready for the wire. */
  public void json(int status, byte[] value) throws IOException {
    send(status, JSON, value);
  }

  /** Answers with a whole body. */
  public void send(int status, String contentType, byte[] body) throws IOException {
    response.setStatus(status);
    setHeader("Content-Type", contentType);
    if (response.getHeaders().get(HttpHeader.CACHE_CONTROL) == null) {
      setHeader("Cache-Control", "no-store");
    }
    setHeader("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    write(true, ByteBuffer.wrap(body));
  }

  /** What goes on after the answer. */
  interface Rest {
    /** Does it. */
    void run() throws Exception;
  }

  /** Goes on after the answer, on a thread of its own; a failure is logged. */
  void goOn(String what, Rest rest) {
    surroundings
        .clockwork()
        .execute(
            () -> {
              try {
                rest.run();
              } catch (Exception e) {
                System.getLogger(Exchange.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot " + what, e);
              }
            });
  }

  /** Sends a stream of events. */
  public interface Streamer {
    /** Sends until the stream ends. */
    void stream(SseWriter out) throws IOException, InterruptedException;
  }

  /**
   * Answers with a stream of events, or with its headers alone where only they are wanted.
   *
   * @throws ProblemException 503 if too many are open
   */
  public void stream(Streamer streamer) throws IOException, InterruptedException {
    if (!surroundings.streams().tryAcquire()) {
      throw new ProblemException(
          Problem.of(
                  Code.REQUEST_TOO_MANY_STREAMS,
                  "too many streams are open: end some, or come back later")
              .withHeader("Retry-After", "5"));
    }
    try {
      SseWriter out = new SseWriter(this, surroundings);
      out.begin();
      if (!isHead()) {
        streamer.stream(out);
      }
    } finally {
      surroundings.streams().release();
    }
  }

  /** Sets a header of the answer. */
  public void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /** Answers with an error, unless an answer has begun: then the connection is ended. */
  public void problem(Problem problem) throws IOException {
    if (response.isCommitted()) {
      abort(new IOException(problem.message()));
      return;
    }
    problem.headers().forEach(this::setHeader);
    ErrorShape shape = ErrorShape.of(request.getHttpURI().getPath());
    json(problem.code().status(), json -> shape.write(json, problem));
  }

  /**
   * Writes a part of the answer and waits until it is sent.
   *
   * @throws IOException if the client is gone, or does not read within the limit: it is then cut
   *     off
   */
  public void write(boolean last, ByteBuffer part) throws IOException {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    response.write(
        last, part, Callback.from(() -> sent.complete(null), sent::completeExceptionally));
    try {
      sent.get(surroundings.limits().writeTime().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      IOException slow = new EofException("the client does not read", e);
      abort(slow);
      throw slow;
    } catch (ExecutionException e) {
      throw new EofException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abort(e);
      throw new InterruptedIOException("the server is ending");
    }
  }

  /** Ends the connection at once. */
  void abort(Throwable cause) {
    request.getConnectionMetaData().getConnection().getEndPoint().close(cause);
  }
}
