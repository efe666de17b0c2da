package hal0.app;

import hal0.app.cli.ServeFlags;
import hal0.systemd.Scope;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the daemon was told: flags before variables before defaults (hal0.toml comes between the last two).
 *
 * @param requireAll whether every request needs the token
 * @param hosts further names that requests may be addressed to
 */
public record ServeSettings(
    Scope scope,
    Path configDir,
    Path stateDir,
    InetSocketAddress listen,
    boolean requireAll,
    List<String> hosts,
    Map<String, String> environment) {

  /** Where the scope's systemd looks for units. */
  public Path unitDir() {
    return scope.unitDirectory(environment);
  }

  /** Puts flags, variables and defaults together. */
  public static ServeSettings of(ServeFlags flags, Map<String, String> env, boolean root) {
    Scope scope = Scope.of(first(flags.scope(), env.get("HAL0_SCOPE"), root ? "system" : "user"));
    boolean system = scope == Scope.SYSTEM;
    String config = system ? "/etc/hal0" : xdg(env, "XDG_CONFIG_HOME", ".config");
    String state = system ? "/var/lib/hal0" : xdg(env, "XDG_STATE_HOME", ".local/state");
    String listen = first(flags.listen(), env.get("HAL0_LISTEN"), "127.0.0.1:8080");
    int colon = listen.lastIndexOf(':');
    return new ServeSettings(
        scope,
        Path.of(first(flags.configDir(), env.get("HAL0_CONFIG_DIR"), config)),
        Path.of(first(flags.stateDir(), env.get("HAL0_STATE_DIR"), state)),
        new InetSocketAddress(listen.substring(0, colon), Integer.parseInt(listen.substring(colon + 1))),
        false,
        List.of(),
        env);
  }

  private static String xdg(Map<String, String> env, String variable, String underHome) {
    String value = env.getOrDefault(variable, "");
    String base = value.startsWith("/") ? value : env.getOrDefault("HOME", "/root") + "/" + underHome;
    return base + "/hal0";
  }

  private static String first(String... values) {
    for (String value : values) {
      if (value != null && !value.isEmpty()) {
        return value;
      }
    }
    throw new IllegalArgumentException("no value");
  }
}
