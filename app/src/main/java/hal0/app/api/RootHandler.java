package hal0.app.api;

import hal0.app.auth.Guard;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Every request's way in: let in or not, to its route, and out with an answer or an error. */
final class RootHandler extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(RootHandler.class.getName());
  private static final String BEARER = "Bearer realm=\"hal0\"";

  private final Routes routes;
  private final Guard guard;
  private final Surroundings surroundings;

  RootHandler(Routes routes, Guard guard, Surroundings surroundings) {
    this.routes = routes;
    this.guard = guard;
    this.surroundings = surroundings;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // The limits on bodies and writes are ours; a load that is waited for is no idleness.
    request.addIdleTimeoutListener(timeout -> false);
    try {
      answer(request, response);
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e);
    }
    return true;
  }

  private void answer(Request request, Response response) throws IOException {
    Exchange plain = new Exchange(request, response, Map.of(), Map.of(), surroundings);
    try {
      admit(request);
      List<String> segments = UrlText.segments(String.valueOf(request.getHttpURI().getPath()));
      Routes.Match match =
          routes.find(request.getMethod(), segments).orElseThrow(() -> unknown(request));
      Route route = match.route().orElseThrow(() -> wrongMethod(request, match.allowed()));
      if (route.access() == Access.TOKEN) {
        demandToken(request);
      }
      Map<String, String> query = UrlText.query(request.getHttpURI().getQuery());
      route
          .handler()
          .handle(new Exchange(request, response, match.parameters(), query, surroundings));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      Problem problem = problem(e, request);
      boolean ends =
          response.isCommitted()
              || problem.headers().containsKey("Connection")
              || isReadAway(request);
      plain.problem(ends ? problem : problem.withHeader("Connection", "close"));
    }
  }

  private boolean isReadAway(Request request) throws IOException {
    try {
      return RequestBody.discard(request, surroundings);
    } catch (ProblemException e) {
      return false;
    }
  }

  private void admit(Request request) {
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
    if (guard.alwaysNeedsToken()) {
      demandToken(request);
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
