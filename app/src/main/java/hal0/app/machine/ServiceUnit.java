package hal0.app.machine;

import hal0.systemd.Scope;
import hal0.systemd.UnitFile;
import hal0.systemd.UnitName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The daemon's own unit. */
final class ServiceUnit {
  static final UnitName NAME = new UnitName("hal0.service");

  /** What our file begins with; a file that does not is somebody else's. */
  static final String MARK = "# Written by hal0 install --service";

  private ServiceUnit() {}

  /**
   * Its text. The settings that this environment has go into it: the service must serve the same
   * slots.
   *
   * @param launcher absolute
   */
  static String text(Scope scope, Path launcher, Map<String, String> env) {
    String head =
        MARK
            + "; hal0 uninstall takes it away.\n"
            + "# Changes are lost at the next install: make them with systemctl edit.\n";
    return head + body(scope, launcher, env);
  }

  /** Its text in a package. */
  static String packaged(Scope scope) {
    String head =
        "# Part of the package hal0. Changes are lost at its next upgrade: make them with systemctl"
            + " edit.\n";
    String body = body(scope, PackageFiles.LAUNCHER, Map.of());
    // Only a package brings the page.
    return head + body.replace("\n[Unit]\n", "\n[Unit]\nDocumentation=man:hal0(1)\n");
  }

  private static String body(Scope scope, Path launcher, Map<String, String> env) {
    var text = new StringBuilder();
    text.append("\n[Unit]\nDescription=hal0, local AI servers as slots\n");
    text.append(
        scope == Scope.SYSTEM ? "After=network.target dbus.service\n" : "After=dbus.service\n");
    text.append("\n[Service]\nType=notify\nNotifyAccess=main\n");
    text.append("ExecStart=").append(UnitFile.command(command(scope, launcher, env))).append('\n');
    for (String variable : carried(scope)) {
      String value = env.getOrDefault(variable, "");
      if (!value.isEmpty() && UnitFile.isEnvironmentValue(value)) {
        text.append("Environment=").append(UnitFile.environment(variable, value)).append('\n');
      }
    }
    // A JVM that SIGTERM ends in order exits with 143.
    text.append("SuccessExitStatus=143\n");
    text.append("Restart=on-failure\nRestartSec=2s\nWatchdogSec=30s\nTimeoutStopSec=15s\n");
    if (scope == Scope.SYSTEM) {
      text.append(
          Sandbox.text(
              directory(env, "HAL0_CONFIG_DIR"), directory(env, "HAL0_STATE_DIR"), launcher));
    }
    text.append("\n[Install]\nWantedBy=")
        .append(scope == Scope.SYSTEM ? "multi-user" : "default")
        .append(".target\n");
    return text.toString();
  }

  private static Optional<Path> directory(Map<String, String> env, String variable) {
    String value = env.getOrDefault(variable, "");
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(value).toAbsolutePath().normalize());
  }

  private static List<String> command(Scope scope, Path launcher, Map<String, String> env) {
    var command = new ArrayList<>(List.of(launcher.toString(), "serve", "--scope", scope.word()));
    for (String[] flag :
        new String[][] {{"HAL0_CONFIG_DIR", "--config-dir"}, {"HAL0_STATE_DIR", "--state-dir"}}) {
      directory(env, flag[0]).ifPresent(path -> command.addAll(List.of(flag[1], path.toString())));
    }
    String listen = env.getOrDefault("HAL0_LISTEN", "");
    if (!listen.isEmpty()) {
      command.addAll(List.of("--listen", listen));
    }
    return command;
  }

  /**
   * What a login shell may set and systemd would not know: where the JDK is, and a user's own
   * directories.
   */
  private static List<String> carried(Scope scope) {
    return scope == Scope.SYSTEM
        ? List.of("JAVA_HOME")
        : List.of("JAVA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME");
  }
}
