package hal0.app.doctor;

import hal0.app.machine.Units;
import hal0.slots.spec.Models;
import hal0.slots.spec.SlotSpec;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files that systemd reads: template, drop-ins, what starts at boot. */
final class UnitChecks {
  private final Ground ground;
  private final List<Finding> findings = new ArrayList<>();

  private UnitChecks(Ground ground) {
    this.ground = ground;
  }

  static List<Finding> look(Ground ground) throws IOException {
    var checks = new UnitChecks(ground);
    checks.template();
    checks.dropIns();
    checks.boot();
    return checks.findings;
  }

  private void template() throws IOException {
    var template = new TemplateUnit(ground.settings().unitDir());
    Path packages =
        ground.settings().scope().packageUnitDirectory().resolve(UnitName.SLOT_TEMPLATE.value());
    if (template.isInstalled()) {
      findings.add(Finding.ok("the template unit is installed: " + template.file()));
    } else if (Files.exists(template.file(), LinkOption.NOFOLLOW_LINKS)) {
      findings.add(
          Finding.wrong(
              "the template unit is not this hal0's: " + template.file(), "hal0 install --force"));
    } else if (!Files.exists(packages)) {
      findings.add(
          Finding.wrong("the template unit is missing: " + template.file(), "hal0 install"));
    } else if (Files.readString(packages).equals(TemplateUnit.packaged())) {
      findings.add(Finding.ok("the template unit is the package's: " + packages));
    } else {
      findings.add(
          Finding.wrong(
              "the package's template unit is not this hal0's: " + packages, "hal0 install"));
    }
  }

  private void dropIns() throws IOException {
    Models models = Models.read(ground.settings().configDir().resolve("models.toml"));
    Host host = Host.here(ground.settings().scope(), ground.settings().environment());
    var dropIns =
        new DropInFiles(
            ground.settings().unitDir(),
            () -> host,
            (spec, id) -> id.flatMap(name -> models.lookup(spec, name).path()));
    Set<String> written = dropIns.slots();
    for (String slot : written) {
      if (!ground.files().containsKey(slot)) {
        withoutFile(slot);
      }
    }
    for (SlotSpec spec : ground.specs()) {
      if (dropIns.differs(spec)) {
        stale(spec.name(), written.contains(spec.name()));
      }
    }
  }

  private void withoutFile(String slot) {
    if (ground.isRunning(slot)) {
      findings.add(Finding.note(slot + " runs without a slot file", "hal0 slots unload " + slot));
      return;
    }
    Path directory = ground.settings().unitDir().resolve(UnitName.ofSlot(slot).value() + ".d");
    String mend = "rm -r " + directory + " && " + ground.systemctl("daemon-reload");
    findings.add(Finding.wrong("a drop-in is left of " + slot + ", which has no slot file", mend));
  }

  private void stale(String slot, boolean there) {
    if (there && ground.isRunning(slot)) {
      findings.add(
          Finding.note(slot + " runs what its file said before", "hal0 slots restart " + slot));
    } else if (!ground.daemon()) {
      String what = there ? " says what the slot file said before" : " is missing";
      findings.add(Finding.wrong("the drop-in of " + slot + what, "hal0 serve, which writes it"));
    } else {
      findings.add(
          Finding.wrong(
              "the daemon has not written the drop-in of "
                  + slot
                  + " into "
                  + ground.settings().unitDir(),
              "hal0 slots status " + slot + ", which says why"));
    }
  }

  /** Who is enabled starts at boot; a user's units only with lingering, or at the log-in. */
  private void boot() throws IOException {
    List<Path> links = Units.links(ground.settings().unitDir());
    for (Path link : links) {
      if (!Files.exists(link)) {
        findings.add(Finding.wrong("a link to a unit that is gone: " + link, "hal0 install"));
      }
    }
    enabled();
    String user = System.getProperty("user.name");
    boolean lingers = Files.exists(Path.of("/var/lib/systemd/linger", user));
    if (ground.isSystem() || lingers || !isBooted()) {
      return;
    }
    String text =
        "the user's systemd ends at the log-out and starts at the log-in: lingering is off";
    String mend = "loginctl enable-linger " + user;
    findings.add(links.isEmpty() ? Finding.note(text, mend) : Finding.wrong(text, mend));
  }

  /** Whether the links are as the slot files say. */
  private void enabled() throws IOException {
    Set<String> linked = Units.linkedSlots(ground.settings().unitDir());
    for (SlotSpec spec : ground.specs()) {
      String name = spec.name();
      String enable = ground.systemctl("enable " + UnitName.ofSlot(name));
      if (spec.enabled() && !linked.contains(name)) {
        String text = name + " is enabled in its file, but systemd does not start it at boot";
        findings.add(Finding.wrong(text, ground.daemon() ? enable : "hal0 serve, or " + enable));
      } else if (!spec.enabled() && linked.contains(name)) {
        String text = "systemd starts " + name + " at boot, though its file says enabled = false";
        findings.add(
            Finding.note(text, "hal0 slots disable " + name + ", or hal0 slots enable " + name));
      }
    }
    linked.removeAll(ground.files().keySet());
    for (String name : linked) {
      findings.add(
          Finding.wrong(
              "systemd starts " + name + " at boot, which has no slot file",
              ground.systemctl("disable " + UnitName.ofSlot(name))));
    }
  }

  private static boolean isBooted() {
    try {
      return Files.readString(Path.of("/proc/1/comm")).strip().equals("systemd");
    } catch (IOException unreadable) {
      return false;
    }
  }
}
