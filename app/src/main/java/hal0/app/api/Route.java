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
 */
public record Route(String method, String pattern, Access access, Handler handler) {
  /**
   * Answers one request, on a thread of its own: it may block, or go on without that thread ({@link
   * Exchange#detach}).
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
    return new Route(method, pattern, Access.OPEN, handler);
  }

  /** A route that always needs the token. */
  public static Route guarded(String method, String pattern, Handler handler) {
    return new Route(method, pattern, Access.TOKEN, handler);
  }

  /** The pattern's segments. */
  List<String> segments() {
    return List.of(pattern.substring(1).split("/", -1));
  }
}
