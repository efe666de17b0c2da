package hal0.slots.unit;

import hal0.systemd.Scope;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a worker's sockets are: systemd makes the directory with the unit's run and removes it
 * after it, so that no socket outlives its worker. It is beside hal0's own and not in it, since
 * that one goes with the daemon.
 */
public final class SocketDirectory {
  /** Requests and answers. */
  public static final String DATA = "data.sock";

  /** Pings and shutdown. */
  public static final String HEALTH = "health.sock";

  private static final String TOP = "hal0-slots";

  private final Path top;

  /**
   * @param environment the process's environment, for a user's {@code XDG_RUNTIME_DIR}
   */
  public SocketDirectory(Scope scope, Map<String, String> environment) {
    this.top = scope.runtimeDirectory(environment).resolve(TOP);
  }

  /** What {@code RuntimeDirectory=} says. */
  static String under(String slot) {
    return TOP + "/" + slot;
  }

  /** The directory of a slot's sockets; it is there while its unit runs. */
  public Path of(String slot) {
    return top.resolve(slot);
  }
}
