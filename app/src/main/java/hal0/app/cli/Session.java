package hal0.app.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What surrounds one run of a command: environment, terminal and clock, so that tests bring their
 * own.
 *
 * @param root whether it runs as root, which decides the scope
 * @param home hal0's own directory; null where it does not run from a distribution
 */
public record Session(
    Map<String, String> env, Terminal terminal, InstantSource clock, boolean root, Path home) {

  /** What surrounds this process. */
  public static Session here() {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    var err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    // The launcher sets it where stdout is a terminal: asking from here would cost a process.
    return of(System.getenv(), out, err, System.getProperty("hal0.tty"));
  }

  /**
   * This machine and its clock, with another environment and other streams.
   *
   * @param tty "ROWS COLUMNS" of the terminal that {@code out} is; null where it is none
   */
  public static Session of(Map<String, String> env, PrintStream out, PrintStream err, String tty) {
    String home = System.getProperty("hal0.home");
    Terminal terminal = Terminal.of(out, err, env, tty);
    return new Session(
        env, terminal, InstantSource.system(), isRoot(), home == null ? null : Path.of(home));
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid
          && uid == 0;
    } catch (IOException | UnsupportedOperationException noProc) {
      return System.getProperty("user.name").equals("root");
    }
  }

  /** The daemon's client; {@code url} is the flag's value or null. */
  public Client client(String url) throws Failure {
    return Client.of(this, url);
  }

  /** A variable's value; "" where it is not set. */
  String variable(String name) {
    return env.getOrDefault(name, "");
  }

  /** Whether the system scope is meant: HAL0_SCOPE, else whether this is root. */
  boolean isSystemScope() {
    String scope = variable("HAL0_SCOPE");
    return scope.isEmpty() ? root : scope.equals("system");
  }

  /**
   * Where the daemon's socket may be, the likeliest first: a user's own daemon, then the machine's,
   * which people of its group may use.
   */
  List<Path> sockets() {
    var sockets = new ArrayList<Path>();
    if (!isSystemScope() && variable("XDG_RUNTIME_DIR").startsWith("/")) {
      sockets.add(Path.of(variable("XDG_RUNTIME_DIR"), "hal0", "api.sock"));
    }
    if (!variable("HAL0_SCOPE").equals("user")) {
      sockets.add(Path.of("/run/hal0/api.sock"));
    }
    return sockets;
  }

  /** Where the daemon keeps its records and its token. */
  Path stateDir() {
    if (!variable("HAL0_STATE_DIR").isEmpty()) {
      return Path.of(variable("HAL0_STATE_DIR"));
    }
    return isSystemScope()
        ? Path.of("/var/lib/hal0")
        : xdg("XDG_STATE_HOME", ".local/state").resolve("hal0");
  }

  /** Where hal0.toml and the slot files are. */
  Path configDir() {
    if (!variable("HAL0_CONFIG_DIR").isEmpty()) {
      return Path.of(variable("HAL0_CONFIG_DIR"));
    }
    return isSystemScope()
        ? Path.of("/etc/hal0")
        : xdg("XDG_CONFIG_HOME", ".config").resolve("hal0");
  }

  /** Where the scope's systemd looks for units that an administrator wrote. */
  Path unitDir() {
    return isSystemScope()
        ? Path.of("/etc/systemd/system")
        : xdg("XDG_CONFIG_HOME", ".config").resolve("systemd").resolve("user");
  }

  private Path xdg(String variable, String underHome) {
    String value = variable(variable);
    if (value.startsWith("/")) {
      return Path.of(value);
    }
    String home = variable("HOME").isEmpty() ? System.getProperty("user.home") : variable("HOME");
    return Path.of(home).resolve(underHome);
  }
}
