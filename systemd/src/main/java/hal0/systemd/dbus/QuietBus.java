package hal0.systemd.dbus;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps dbus-java's own log silent: it writes stack traces for a bus that went away, which the
 * keeper reports in one line.
 */
final class QuietBus {
  /** Held here since java.util.logging forgets loggers, with their levels, that nobody holds. */
  private static final Logger DBUS_JAVA = Logger.getLogger("org.freedesktop.dbus");

  private QuietBus() {}

  /** Switches it off, unless somebody has chosen a level for it. */
  static void hush() {
    if (DBUS_JAVA.getLevel() == null) {
      DBUS_JAVA.setLevel(Level.OFF);
    }
  }
}
