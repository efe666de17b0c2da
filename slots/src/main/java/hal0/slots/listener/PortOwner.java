package hal0.slots.listener;

/**
 * Tells whose a port is. That a port answers doesn't prove it: with SO_REUSEPORT two servers can
 * hold one.
 */
@FunctionalInterface
public interface PortOwner {
  /** Knows nothing, for where nobody is to be asked. */
  PortOwner UNASKED = (port, controlGroup) -> new Owner.Unknown("not asked");

  /**
   * Looks once. Never throws for what it can't read; safe for use by many threads.
   *
   * @param port on 127.0.0.1
   * @param controlGroup the unit's cgroup, as systemd's {@code ControlGroup} has it
   */
  Owner ownerOf(int port, String controlGroup);
}
