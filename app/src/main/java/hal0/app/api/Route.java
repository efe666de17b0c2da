package hal0.app.api;

import java.util.List;

/**
 * One call of the API. Immutable.
 *
 * @param method {@code GET} (which brings {@code HEAD}), {@code POST}, {@code PUT}, {@code DELETE},
 *     {@code PATCH} or {@code OPTIONS}
 * @param pattern the path, whose segments are literal, {@code {name}} for any one segment, or at
 *     the end {@code *} for whatever follows
 * @param handler answers it; safe for use by many threads
 * @param waits whether the handler may block: then it has a thread of its own. One that does not is
 *     called by the thread that serves every connection, and must return at once
 */
public record Route(String method, String pattern, Access access, Handler handler, boolean waits) {
  /**
   * Answers one request, or goes on after it has returned ({@link Exchange#detach}), which is what
   * one that may not block has to do.
   */
  public interface Handler {
    /**
     * Answers.
     *
     * @throws ProblemException to answer with an error
     * @throws Exception anything else is told as an internal error and logged
     */
    void handle(Exchange exchange) throws Exception;
  }

  /** A route that needs no token on loopback. */
  public static Route open(String method, String pattern, Handler handler) {
    return new Route(method, pattern, Access.OPEN, handler, true);
  }

  /** A route that needs no token on loopback, and whose handler never blocks. */
  public static Route swift(String method, String pattern, Handler handler) {
    return new Route(method, pattern, Access.OPEN, handler, false);
  }

  /** A route that always needs the token. */
  public static Route guarded(String method, String pattern, Handler handler) {
    return new Route(method, pattern, Access.TOKEN, handler, true);
  }

  /** The pattern's segments. */
  List<String> segments() {
    return List.of(pattern.substring(1).split("/", -1));
  }
}
