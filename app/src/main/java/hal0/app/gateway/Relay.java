package hal0.app.gateway;

import hal0.app.api.Code;
import hal0.app.api.ErrorShape;
import hal0.app.api.Exchange;
import hal0.app.api.JsonOut;
import hal0.app.api.Problem;
import hal0.app.api.ProblemException;
import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.admission.Lease;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;

/**
 * One request on its way to a slot and its answer on the way back, without a thread of its own.
 * Whatever ends it first (the client, the upstream, the slot, its limits), it ends once, and gives
 * its place in the slot back as soon as the upstream has nothing more to do with it.
 */
final class Relay implements Response.Listener, Pump.Listener {
  /** What a relay needs of the gateway. */
  interface Home {
    /** A request to a slot's upstream. */
    Request upstream(SlotView slot, String method, String pathQuery);

    /** An environment variable of the daemon. */
    Optional<String> variable(String name);

    /** What a refusal tells. */
    Problem problem(SlotException refusal);

    /** It has ended. */
    void ended(Relay relay);
  }

  /** How long the rest of a body that nobody wants may take to come. */
  private static final Duration DISCARDING = Duration.ofSeconds(10);

  private final Home home;
  private final Clockwork clock;
  private final Exchange exchange;
  private final Exchange.Later later;
  private final String slot;
  private final String pathQuery;
  private final Body body;
  private final ClientWatch watch;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicReference<Problem> why = new AtomicReference<>();
  private final AtomicBoolean left = new AtomicBoolean();
  private volatile CompletableFuture<Lease> place;
  private volatile Lease lease;
  private volatile Request upstream;
  private volatile Pump pump;
  private volatile boolean begun;
  private volatile long lastMove;

  /**
   * @param slot whose it is
   * @param pathQuery what the upstream is asked for, raw, from {@code /v1/} on
   */
  Relay(Home home, Clockwork clock, Exchange exchange, String slot, String pathQuery, Body body) {
    this.home = home;
    this.clock = clock;
    this.exchange = exchange;
    this.slot = slot;
    this.pathQuery = pathQuery;
    this.body = body;
    this.later = exchange.detach();
    this.watch = new ClientWatch(exchange.request(), this::clientLeft);
    this.lastMove = clock.nanos();
    body.follow(this::uploadMoved, watch::start);
  }

  /** Asks for a place and goes on from there. */
  void start(Function<String, CompletableFuture<Lease>> door) {
    CompletableFuture<Lease> asked = door.apply(slot);
    place = asked;
    if (!asked.isDone() && body.isComplete()) {
      watch.start();
    }
    asked.whenComplete(this::admitted);
    if (left.get()) {
      asked.cancel(false);
    }
  }

  private void admitted(Lease given, Throwable refusal) {
    if (refusal != null) {
      Problem known = why.get();
      Throwable cause =
          known != null
              ? known.exception()
              : refusal instanceof CompletionException ? refusal.getCause() : refusal;
      refuse(
          cause instanceof SlotException told
              ? home.problem(told).exception()
              : cause instanceof Exception other ? other : new IllegalStateException(cause));
      return;
    }
    lease = given;
    given.ended().thenAccept(this::slotEnded);
    if (left.get()) {
      lose(new EofException("the client left"));
      return;
    }
    try {
      send(given);
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void send(Lease given) {
    SlotSpec.Admission limits = limits();
    lastMove = clock.nanos();
    Request asked = home.upstream(given.slot(), exchange.request().getMethod(), pathQuery);
    Optional<String> key = limits.apiKeyEnv().flatMap(home::variable);
    asked.headers(to -> Headers.toUpstream(exchange.request().getHeaders(), key, to));
    if (!body.isEmpty()) {
      asked.body(body);
    }
    asked.send(this);
    upstream = asked;
    if (why.get() != null || left.get()) {
      asked.abort(new EofException("ended before it was sent"));
    } else if (body.isComplete()) {
      watch.start();
    }
  }

  private SlotSpec.Admission limits() {
    return lease.slot().spec().map(SlotSpec::admission).orElse(SlotSpec.Admission.DEFAULT);
  }

  /** Looks whether it has been silent for too long, and ends it then. */
  void check() {
    Lease held = lease;
    if (held == null || over.get()) {
      return;
    }
    Duration limit = begun ? limits().stall() : limits().firstByte();
    if (clock.nanos() - lastMove < limit.toNanos()) {
      return;
    }
    Pump answer = pump;
    if (answer != null && answer.isWriting()) {
      cutOff(new EofException("the client did not read for " + shown(limit)));
    } else if (!begun && body.isAwaited()) {
      end(
          Problem.of(Code.REQUEST_TIMEOUT, "nothing of the body came for " + shown(limit))
              .withHeader("Connection", "close"));
    } else {
      end(failed((begun ? "it was silent for " : "it began no answer within ") + shown(limit)));
    }
  }

  private static String shown(Duration limit) {
    return limit.toMillis() / 1000.0 + " s";
  }

  private Problem failed(String what) {
    return Problem.of(
        Code.DISPATCH_UPSTREAM_FAILED,
        "the upstream of slot " + slot + " failed: " + what,
        java.util.Map.of("slot", slot));
  }

  private void slotEnded(String reason) {
    end(
        Problem.of(
            Code.BACKEND_UNAVAILABLE,
            slot + " ended the request: " + reason,
            java.util.Map.of("slot", slot)));
  }

  /** Ends it for this reason, unless it has ended otherwise. */
  private void end(Problem reason) {
    if (why.compareAndSet(null, reason)) {
      CompletableFuture<Lease> asked = place;
      if (asked != null && asked.cancel(false)) {
        return;
      }
      abort(new EofException(reason.message()));
    }
  }

  /** The daemon is ending. */
  void daemonEnds() {
    end(Problem.stopping());
  }

  private void clientLeft() {
    cutOff(new EofException("the client left"));
  }

  private void cutOff(EofException cause) {
    if (left.compareAndSet(false, true)) {
      CompletableFuture<Lease> asked = place;
      if (asked != null) {
        asked.cancel(false);
      }
      exchange.request().getConnectionMetaData().getConnection().getEndPoint().close(cause);
      abort(cause);
    }
  }

  private void abort(Throwable cause) {
    Request asked = upstream;
    if (asked != null) {
      asked.abort(cause);
    }
  }

  private void uploadMoved() {
    lastMove = clock.nanos();
    Lease held = lease;
    if (held != null) {
      held.moved();
    }
  }

  @Override
  public void onContentSource(Response answer, Content.Source source) {
    begun = true;
    lastMove = clock.nanos();
    lease.begun();
    org.eclipse.jetty.server.Response response = exchange.response();
    response.setStatus(answer.getStatus());
    Headers.toClient(answer.getHeaders(), response.getHeaders());
    response.getHeaders().put("X-Hal0-Slot", slot);
    if (answer.getHeaders().contains(HttpHeader.TRAILER)) {
      response.setTrailersSupplier(answer::getTrailers);
    }
    pump = new Pump(source, response, this);
    pump.iterate();
  }

  @Override
  public void onSuccess(Response answer) {
    if (!HttpStatus.isInterim(answer.getStatus()) && !body.isEmpty() && !body.isComplete()) {
      // It has said what it has to say; what the client still sends is of no use.
      abort(new EofException("answered before the body's end"));
    }
  }

  @Override
  public void onComplete(Result result) {
    lease.close();
    if (pump == null) {
      Throwable failure = result.getFailure();
      refuse(problem(failure).exception());
    }
  }

  private Problem problem(Throwable failure) {
    Problem known = why.get();
    if (known != null) {
      return known;
    }
    Throwable fault = body.fault().orElse(failure);
    if (fault instanceof Body.TooLong) {
      return Problem.of(Code.REQUEST_TOO_LARGE, fault.getMessage());
    }
    return switch (failure) {
      case java.net.ConnectException e -> failed("it refuses connections");
      case java.net.SocketTimeoutException e -> failed("it takes no connections");
      case java.util.concurrent.TimeoutException e -> failed("it takes no connections");
      case java.io.EOFException e -> failed("it closed the connection without an answer");
      case null, default -> failed(String.valueOf(failure));
    };
  }

  @Override
  public void moved(boolean fromUpstream) {
    lastMove = clock.nanos();
    if (fromUpstream) {
      lease.moved();
    }
  }

  @Override
  public Optional<byte[]> brokeOff(Throwable cause) {
    org.eclipse.jetty.server.Response response = exchange.response();
    String type = response.getHeaders().get(HttpHeader.CONTENT_TYPE);
    boolean isEvents =
        type != null
            && type.startsWith("text/event-stream")
            && !response.getHeaders().contains(HttpHeader.CONTENT_ENCODING)
            && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
            && !exchange.isHead();
    if (!isEvents || left.get() || !response.isCommitted()) {
      return Optional.empty();
    }
    Problem known = why.get();
    Problem told = known != null ? known : failed("it ended its answer before the end");
    ErrorShape shape = ErrorShape.of(exchange.request().getHttpURI().getPath());
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    // Half a line may have come before: the blank one makes this an event of its own.
    String head = shape == ErrorShape.ANTHROPIC ? "\n\nevent: error\ndata: " : "\n\ndata: ";
    event.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    event.writeBytes(JsonOut.bytes(json -> shape.write(json, told)));
    event.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    return Optional.of(event.toByteArray());
  }

  @Override
  public void sent() {
    if (over.compareAndSet(false, true)) {
      release();
      finish();
    }
  }

  /** Ends it once its answer is sent; who still sends gets to read that. */
  private void finish() {
    boolean unasked =
        body.bytesRead() == 0 && exchange.header(HttpHeader.EXPECT.asString()).isPresent();
    if (body.isComplete() || unasked) {
      later.done();
    } else {
      clock.schedule(DISCARDING, () -> later.broken(new EofException("the body did not end")));
      body.discard(later::done);
    }
  }

  @Override
  public void lost(Throwable cause) {
    abort(cause);
    if (!left.get() && !exchange.response().isCommitted()) {
      exchange.response().reset();
      refuse(problem(cause).exception());
    } else {
      lose(cause);
    }
  }

  private void lose(Throwable cause) {
    if (over.compareAndSet(false, true)) {
      release();
      later.broken(cause);
    }
  }

  private void refuse(Exception cause) {
    if (left.get() || body.isClientGone()) {
      lose(cause);
    } else if (over.compareAndSet(false, true)) {
      release();
      exchange.response().getHeaders().put("X-Hal0-Slot", slot);
      if (body.isComplete() || !(cause instanceof ProblemException known)) {
        later.refuse(cause);
      } else {
        clock.execute(() -> answer(known.problem().withHeader("Connection", "close")));
      }
    }
  }

  private void answer(Problem problem) {
    try {
      exchange.problem(problem);
      finish();
    } catch (IOException e) {
      later.broken(e);
    }
  }

  private void release() {
    watch.stop();
    body.forget();
    Lease held = lease;
    if (held != null) {
      held.close();
    }
    home.ended(this);
  }
}
