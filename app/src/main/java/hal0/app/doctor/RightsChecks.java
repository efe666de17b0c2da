package hal0.app.doctor;

import hal0.slots.spec.SlotSpec;
import hal0.systemd.Journal;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this user may do: the token, the devices, the journal. */
final class RightsChecks {
  private static final String COLON = ":";

  private final Ground ground;
  private final List<Finding> findings = new ArrayList<>();

  private RightsChecks(Ground ground) {
    this.ground = ground;
  }

  static List<Finding> look(Ground ground) throws InterruptedException {
    var checks = new RightsChecks(ground);
    checks.token();
    checks.devices();
    checks.journal();
    return checks.findings;
  }

  private void token() {
    Path token = ground.settings().stateDir().resolve("token");
    try {
      if (!Files.exists(token)) {
        return;
      }
      if (!Files.isReadable(token)) {
        String mend = "sudo usermod -aG " + group(token) + " " + user() + ", then log in again";
        findings.add(Finding.wrong("the token may not be read by " + user() + ": " + token, mend));
      } else if (Files.getPosixFilePermissions(token).contains(PosixFilePermission.OTHERS_READ)) {
        findings.add(Finding.wrong("everybody may read the token: " + token, "chmod o= " + token));
      }
    } catch (IOException unreadable) {
      findings.add(Finding.note("the token cannot be looked at: " + unreadable.getMessage(), ""));
    }
  }

  /**
   * What a slot of the system may open is systemd's affair; a user's slot may open what the user
   * may.
   */
  private void devices() {
    if (ground.isSystem()) {
      return;
    }
    Map<String, String> wanted = new LinkedHashMap<>();
    for (SlotSpec spec : ground.specs()) {
      for (String device : spec.run().devices()) {
        int colon = device.indexOf(COLON);
        wanted.putIfAbsent(colon < 0 ? device : device.substring(0, colon), spec.name());
      }
    }
    wanted.forEach(this::device);
  }

  private void device(String device, String slot) {
    Path path = Path.of(device);
    if (!Files.exists(path)) {
      findings.add(
          Finding.note(
              "the device " + device + " of " + slot + " is not there: it runs without", ""));
      return;
    }
    for (Path node : nodes(path)) {
      if (!Files.isReadable(node) || !Files.isWritable(node)) {
        String mend = "sudo usermod -aG " + group(node) + " " + user() + ", then log in again";
        findings.add(
            Finding.wrong(user() + " may not use " + node + ", which " + slot + " wants", mend));
      }
    }
  }

  /** A directory of devices, such as /dev/dri: the nodes that computing needs. */
  private static List<Path> nodes(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (var files = Files.newDirectoryStream(path, "renderD*")) {
      var nodes = new ArrayList<Path>();
      files.forEach(nodes::add);
      return nodes;
    } catch (IOException unreadable) {
      return List.of(path);
    }
  }

  private void journal() throws InterruptedException {
    var journal = new Journal(ground.settings().scope(), ground.settings().environment());
    Journal.Tail tail = journal.tail(UnitName.SLOT_TEMPLATE, "", 1);
    tail.hint().ifPresent(hint -> findings.add(Finding.note("no logs: " + hint, "")));
  }

  private static String group(Path file) {
    try {
      return Files.getAttribute(file, "posix:group").toString();
    } catch (IOException | UnsupportedOperationException unknown) {
      return "hal0";
    }
  }

  private static String user() {
    return System.getProperty("user.name");
  }
}
