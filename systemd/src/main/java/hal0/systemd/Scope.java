package hal0.systemd;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Which systemd: the machine's own, or that of one logged-in user. */
public enum Scope {
  SYSTEM,
  USER;

  private static final String SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket";

  /**
   * Reads {@code system} or {@code user}.
   *
   * @throws IllegalArgumentException for every other word; the message says which are known
   */
  public static Scope of(String word) {
    for (Scope scope : values()) {
      if (scope.word().equals(word)) {
        return scope;
      }
    }
    throw new IllegalArgumentException(
        "scope must be \"system\" or \"user\", not \"" + word + "\"");
  }

  /** The word for it in settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The address of the bus that this systemd is on, as D-Bus writes it: {@code
   * DBUS_SYSTEM_BUS_ADDRESS} or the well known socket; {@code DBUS_SESSION_BUS_ADDRESS} or {@code
   * $XDG_RUNTIME_DIR/bus}.
   *
   * @param environment the process's environment
   */
  public String busAddress(Map<String, String> environment) {
    if (this == SYSTEM) {
      return set(environment, "DBUS_SYSTEM_BUS_ADDRESS", SYSTEM_BUS);
    }
    String bus = runtimeDirectory(environment) + "/bus";
    return set(environment, "DBUS_SESSION_BUS_ADDRESS", "unix:path=" + escaped(bus));
  }

  /**
   * What {@code RuntimeDirectory=} of a unit is under: {@code /run}, or {@code $XDG_RUNTIME_DIR}.
   *
   * @param environment the process's environment
   */
  public Path runtimeDirectory(Map<String, String> environment) {
    return this == SYSTEM
        ? Path.of("/run")
        : Path.of(set(environment, "XDG_RUNTIME_DIR", "/run/user/" + uid()));
  }

  /**
   * Where an administrator, or the user, puts unit files of their own: {@code /etc/systemd/system},
   * or {@code $XDG_CONFIG_HOME/systemd/user} with {@code $HOME/.config} in its place where it is
   * not set.
   *
   * @param environment the process's environment
   */
  public Path unitDirectory(Map<String, String> environment) {
    if (this == SYSTEM) {
      return Path.of("/etc/systemd/system");
    }
    String home = set(environment, "HOME", System.getProperty("user.home"));
    return Path.of(set(environment, "XDG_CONFIG_HOME", home + "/.config"), "systemd", "user");
  }

  /** Where a distribution's packages put unit files. */
  public Path packageUnitDirectory() {
    return Path.of("/usr/lib/systemd", word());
  }

  private static String set(Map<String, String> environment, String name, String otherwise) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  /**
   * D-Bus addresses keep only some characters as they are; a runtime directory with others is rare
   * but allowed.
   */
  private static String escaped(String path) {
    StringBuilder text = new StringBuilder();
    for (byte octet : path.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-_/.\\*".indexOf(c) >= 0);
      text.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02x", (int) c));
    }
    return text.toString();
  }

  private static String uid() {
    try {
      return java.nio.file.Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
    } catch (java.io.IOException | UnsupportedOperationException unknown) {
      return "0";
    }
  }
}
