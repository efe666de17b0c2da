package hal0.app.api;

import java.time.Duration;

/**
 * What one client may cost. Immutable.
 *
 * @param body the longest body that is read, in bytes
 * @param bodyTime how long a body may take to come
 * @param writeTime how long one write may wait for a client that does not read
 * @param keepAlive how long a stream may be silent before a comment is sent
 * @param streams how many streams may be open at a time
 * @param connections how many connections may be open at a time; further ones wait to be accepted
 */
public record Limits(
    int body,
    Duration bodyTime,
    Duration writeTime,
    Duration keepAlive,
    int streams,
    int connections) {
  /** What the daemon uses. */
  public static final Limits DEFAULT =
      new Limits(
          1 << 20,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          1000,
          4000);
}
