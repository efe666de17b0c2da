package hal0.app.machine;

import hal0.systemd.Scope;
import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a Debian package holds of what {@code hal0 install} would write, from the same source. Run
 * by the build.
 */
public final class PackageFiles {
  /** Where a package's hal0 is. */
  static final Path HOME = Path.of("/usr/lib/hal0");

  /** What a package's units run. */
  static final Path LAUNCHER = HOME.resolve("bin/hal0");

  private static final Path ROOT = Path.of("/");

  private PackageFiles() {}

  /**
   * Whether this hal0 is a package's.
   *
   * @param home where it runs from; null where that is not known
   */
  public static boolean isHome(Path home) {
    return HOME.equals(home);
  }

  /** The units that a package brings, and what is in them. */
  public static Map<Path, String> units(Scope scope) {
    Path units = scope.packageUnitDirectory();
    return Map.of(
        units.resolve(UnitName.SLOT_TEMPLATE.value()), TemplateUnit.packaged(),
        units.resolve(ServiceUnit.NAME.value()), ServiceUnit.packaged(scope));
  }

  /** Writes the files below the directory that stands for the package's root. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    for (Scope scope : Scope.values()) {
      for (Map.Entry<Path, String> unit : units(scope).entrySet()) {
        write(root, unit.getKey(), unit.getValue());
      }
    }
    write(root, Path.of("/usr/lib/sysusers.d/hal0.conf"), SystemUser.packaged());
  }

  private static void write(Path root, Path file, String text) throws IOException {
    Path below = root.resolve(ROOT.relativize(file));
    Files.createDirectories(below.getParent());
    Files.writeString(below, text);
  }
}
