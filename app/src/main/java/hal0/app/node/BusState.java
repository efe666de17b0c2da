package hal0.app.node;

/**
 * How the message bus is. Immutable.
 *
 * @param enabled whether one is wanted
 * @param connected whether heartbeats are taken and requests can come
 * @param detail for people: where it is, or what is wrong; empty when not enabled
 */
public record BusState(boolean enabled, boolean connected, String detail) {
  /** None is wanted. */
  public static final BusState OFF = new BusState(false, false, "");
}
