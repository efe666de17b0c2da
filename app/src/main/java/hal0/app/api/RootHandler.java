package hal0.app.api;

import hal0.app.auth.Guard;
import hal0.app.auth.Peers;
import hal0.slots.SlotException;
import hal0.systemd.SystemdException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Every request's way in: let in or not, to its route, and out with an answer or an error. It is
 * called by the threads that read connections, one for each address: what may wait gets a thread of
 * its own.
 */
final class RootHandler extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(RootHandler.class.getName());
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final String BEARER = "Bearer realm=\"hal0\"";

  private final Routes routes;
  private final Guard guard;
  private final Peers peers;
  private final Surroundings surroundings;

  RootHandler(Routes routes, Guard guard, Peers peers, Surroundings surroundings) {
    super(InvocationType.NON_BLOCKING);
    this.routes = routes;
    this.guard = guard;
    this.peers = peers;
    this.surroundings = surroundings;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // The limits on bodies and writes are ours; a load that is waited for is no idleness.
    request.addIdleTimeoutListener(timeout -> false);
    Ending ending = new Ending(request, response, callback);
    try {
      boolean trusted = Callers.peer(request, peers).filter(Peers.Peer::trusted).isPresent();
      admit(request, trusted);
      List<String> segments = UrlText.segments(String.valueOf(request.getHttpURI().getPath()));
      Routes.Match match =
          routes.find(request.getMethod(), segments).orElseThrow(() -> unknown(request));
      Route route = match.route().orElseThrow(() -> wrongMethod(request, match.allowed()));
      if (route.access() == Access.TOKEN && !trusted) {
        demandToken(request);
      }
      note(request);
      Map<String, String> query = UrlText.query(request.getHttpURI().getQuery());
      Exchange exchange =
          new Exchange(request, response, match.parameters(), query, surroundings, ending);
      if (route.waits()) {
        exchange.apart(route.handler());
      } else {
        route.handler().handle(exchange);
      }
    } catch (IOException e) {
      ending.failed(e);
    } catch (Exception e) {
      ending.refuse(e);
    }
    return true;
  }

  private void refuse(Request request, Response response, Exception cause) throws IOException {
    Problem problem = problem(cause, request);
    boolean ends =
        response.isCommitted()
            || problem.headers().containsKey("Connection")
            || isReadAway(request);
    new Exchange(request, response, Map.of(), Map.of(), surroundings, null)
        .problem(ends ? problem : problem.withHeader("Connection", "close"));
  }

  /** The end of a request, whoever comes to it. */
  private final class Ending implements Exchange.Later {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final AtomicBoolean over = new AtomicBoolean();

    private Ending(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    @Override
    public void apart(Exchange exchange, Route.Handler handler) {
      request.getComponents().getExecutor().execute(() -> run(exchange, handler));
    }

    private void run(Exchange exchange, Route.Handler handler) {
      try {
        handler.handle(exchange);
        if (!exchange.isDetached()) {
          done();
        }
      } catch (IOException e) {
        failed(e);
      } catch (Exception e) {
        answer(e);
      }
    }

    @Override
    public void done() {
      if (over.compareAndSet(false, true)) {
        callback.succeeded();
      }
    }

    private void failed(IOException cause) {
      if (over.compareAndSet(false, true)) {
        callback.failed(cause);
      }
    }

    @Override
    public void broken(Throwable cause) {
      if (over.compareAndSet(false, true)) {
        request.getConnectionMetaData().getConnection().getEndPoint().close(cause);
        // Of a kind that Jetty does not log.
        callback.failed(new EofException(cause));
      }
    }

    @Override
    public void refuse(Exception cause) {
      // Reading the rest of a body away, and writing, may take their time.
      request.getComponents().getExecutor().execute(() -> answer(cause));
    }

    private void answer(Exception cause) {
      if (!over.compareAndSet(false, true)) {
        return;
      }
      try {
        RootHandler.this.refuse(request, response, cause);
        callback.succeeded();
      } catch (IOException e) {
        callback.failed(e);
      }
    }
  }

  private boolean isReadAway(Request request) throws IOException {
    try {
      return RequestBody.discard(request, surroundings);
    } catch (ProblemException e) {
      return false;
    }
  }

  private void admit(Request request, boolean trusted) {
    Optional<String> host = header(request, "Host");
    Optional<InetAddress> local = local(request);
    if (!guard.isExpected(host, local)) {
      throw forbidden(
          "this address is not called \""
              + host.orElse("")
              + "\" ([server] hosts in hal0.toml adds names)");
    }
    if (!guard.isOwn(header(request, "Origin"), host, local)) {
      throw forbidden("pages of " + header(request, "Origin").orElse("") + " may not use this API");
    }
    if (guard.alwaysNeedsToken() && !trusted) {
      demandToken(request);
    }
  }

  /** What may change something is logged, with who asked for it. */
  private void note(Request request) {
    String path = String.valueOf(request.getHttpURI().getPath());
    if (path.startsWith("/api/") && !READING.contains(request.getMethod())) {
      boolean token = guard.knows(header(request, "Authorization"));
      String who = Callers.name(request) + (token ? ", with the token" : "");
      LOG.log(Level.INFO, request.getMethod() + " " + shown(path) + " by " + who);
    }
  }

  private void demandToken(Request request) {
    if (!guard.knows(header(request, "Authorization"))) {
      throw new ProblemException(
          Problem.of(
                  Code.AUTH_REQUIRED,
                  "this needs the token: Authorization: Bearer <HAL0_TOKEN, or what is in <state"
                      + " dir>/token>")
              .withHeader("WWW-Authenticate", BEARER));
    }
  }

  private static Optional<String> header(Request request, String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  private static Optional<InetAddress> local(Request request) {
    return request.getConnectionMetaData().getLocalSocketAddress()
            instanceof InetSocketAddress address
        ? Optional.ofNullable(address.getAddress())
        : Optional.empty();
  }

  private static ProblemException forbidden(String message) {
    return new ProblemException(Problem.of(Code.AUTH_FORBIDDEN, message));
  }

  private static ProblemException unknown(Request request) {
    return new ProblemException(
        Problem.of(
            Code.REQUEST_NOT_FOUND,
            "there is nothing at " + shown(request.getHttpURI().getPath())));
  }

  private static ProblemException wrongMethod(Request request, List<String> allowed) {
    String methods = String.join(", ", allowed);
    return new ProblemException(
        Problem.of(
                Code.REQUEST_METHOD_NOT_ALLOWED,
                shown(request.getHttpURI().getPath())
                    + " knows "
                    + methods
                    + ", not "
                    + shown(request.getMethod()),
                Map.of("allow", allowed))
            .withHeader("Allow", methods));
  }

  private static String shown(String text) {
    String known = String.valueOf(text);
    return known.length() > 200 ? known.substring(0, 200) + "…" : known;
  }

  private static Problem problem(Throwable failure, Request request) {
    return switch (failure) {
      case ProblemException known -> known.problem();
      case SlotException refused -> Problem.of(refused);
      case SystemdException refused -> Problem.of(refused);
      case ExecutionException wrapped when wrapped.getCause() != null ->
          problem(wrapped.getCause(), request);
      case CompletionException wrapped when wrapped.getCause() != null ->
          problem(wrapped.getCause(), request);
      case InterruptedException ending -> Problem.stopping();
      default -> {
        LOG.log(
            Level.ERROR,
            "cannot answer " + request.getMethod() + " " + request.getHttpURI().getPath(),
            failure);
        yield Problem.of(
            Code.INTERNAL_ERROR, "an error in hal0 itself: the daemon's log says more");
      }
    };
  }
}
