package hal0.app.machine;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.concurrent.TimeUnit;

/**
 * The user that plain processes of the system scope run as, so that none runs as root. Made by
 * systemd-sysusers(8), which has no interface but its files and its command.
 */
final class SystemUser {
  /** Who it is; the group is called the same. */
  static final String NAME = "hal0";

  private static final Path DIRECTORY = Path.of("/etc/sysusers.d");
  private static final String MARK = "# Written by hal0 install";

  /** The devices of a GPU belong to these groups. */
  private static final String WHO =
      "# Whom slots run as that name no user; people of the group may use the API's socket.\n"
          + ("u " + NAME + " - \"hal0 slots\"\n")
          + ("m " + NAME + " render\nm " + NAME + " video\n");

  private static final int SECONDS = 20;

  private SystemUser() {}

  /** What asks for it, in a package. */
  static String packaged() {
    return WHO;
  }

  /** The file that asks for it. */
  static OwnFile file() {
    return new OwnFile(DIRECTORY.resolve("hal0.conf"), MARK);
  }

  /** Whether the machine has that user. */
  static boolean exists() throws IOException {
    try {
      FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(NAME);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    }
  }

  /**
   * Makes the user, for which this must run as root.
   *
   * @throws IOException if the file cannot be written or the program cannot be run
   * @return whether the user is there now
   */
  static boolean make() throws IOException, InterruptedException {
    file().write(MARK + "; hal0 uninstall takes it away.\n" + WHO);
    Process process =
        new ProcessBuilder("systemd-sysusers", file().path().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return exists();
  }
}
