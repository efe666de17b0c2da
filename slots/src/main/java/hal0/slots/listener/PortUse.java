package hal0.slots.listener;

/** Tells whether somebody uses an upstream without asking us. Safe for use by many threads. */
@FunctionalInterface
public interface PortUse {
  /**
   * Whether a connection to that port of this machine is open that this process does not hold.
   * Never throws: what cannot be read counts as no use.
   *
   * @param port 1 to 65535
   */
  boolean isUsedByOthers(int port);
}
