package hal0.app.gateway;

import java.time.Duration;

/**
 * What a request through the gateway may cost. Immutable.
 *
 * @param body the longest JSON body, in bytes
 * @param upload the longest body of any other kind, in bytes; it is never held whole
 * @param look how far a form is searched for its field {@code model}, in bytes
 * @param held how much of all bodies together may be held while their models are searched for, in
 *     bytes
 * @param silence how long a client may send nothing of a body whose model is searched for
 * @param tick how often silent requests are looked at
 */
public record GatewayLimits(
    long body, long upload, int look, long held, Duration silence, Duration tick) {
  /** The longest JSON body where {@code hal0.toml} says nothing. */
  public static final long BODY = 64L << 20;

  /** The longest upload where {@code hal0.toml} says nothing. */
  public static final long UPLOAD = 2L << 30;

  /** What the daemon uses. */
  public static final GatewayLimits DEFAULT = of(BODY, UPLOAD);

  /** These limits of a request, and the daemon's own for the rest. */
  public static GatewayLimits of(long body, long upload) {
    return new GatewayLimits(
        body, upload, 1 << 20, 96L << 20, Duration.ofSeconds(30), Duration.ofSeconds(1));
  }
}
