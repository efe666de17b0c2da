package hal0.slots.unit;

import hal0.systemd.Scope;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What of the machine decides how a drop-in looks. Immutable; the two functions look again each
 * time.
 *
 * @param scope which systemd runs the unit
 * @param root whether the unit's processes begin as root: podman then needs no user namespace
 * @param unified whether the machine has cgroup v2 alone, so that a user's units have cgroups they
 *     may divide
 * @param journal whether journald listens
 * @param isPresent whether there is a file or device of that absolute path
 * @param program the absolute path of a program, given by its name; the name itself where it is not
 *     found
 * @param launcher the absolute path of hal0's own launcher, which runs workers; empty where it is
 *     not known
 */
public record Host(
    Scope scope,
    boolean root,
    boolean unified,
    boolean journal,
    Predicate<String> isPresent,
    UnaryOperator<String> program,
    Optional<Path> launcher) {

  private static final Pattern COLON = Pattern.compile(Pattern.quote(File.pathSeparator));

  /**
   * This machine as it is now.
   *
   * @param environment the process's environment, for {@code PATH}
   */
  public static Host here(Scope scope, Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    return new Host(
        scope,
        scope == Scope.SYSTEM || isRoot(),
        Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")),
        Files.exists(Path.of("/run/systemd/journal/socket")),
        file -> Files.exists(Path.of(file)),
        name -> find(name, path),
        ownLauncher());
  }

  /** The launcher says where it lies. */
  private static Optional<Path> ownLauncher() {
    return Optional.ofNullable(System.getProperty("hal0.home"))
        .map(home -> Path.of(home, "bin", "hal0").toAbsolutePath())
        .filter(Files::isExecutable);
  }

  private static String find(String name, String path) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      return name;
    }
    for (String directory : COLON.split(path, -1)) {
      Path candidate = Path.of(directory, name);
      if (candidate.isAbsolute()
          && Files.isRegularFile(candidate)
          && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    return name;
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
