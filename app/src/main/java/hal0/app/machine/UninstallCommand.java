package hal0.app.machine;

import hal0.app.ServeSettings;
import hal0.app.cli.Failure;
import hal0.app.cli.Session;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.slots.unit.ModelPaths;
import hal0.systemd.JobResult;
import hal0.systemd.Scope;
import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code uninstall}: takes back units, links and drop-ins that hal0 made; slot files and records
 * stay.
 */
@Command(
    name = "uninstall",
    description = "Take back what install wrote, and the drop-ins and links that hal0 made.",
    footer =
        "Slot files, records, the token and the user hal0 stay. Units that run go on running,"
            + " unless --now is given.")
public final class UninstallCommand extends MachineCommand {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(100);

  @Option(names = "--now", description = "Stop the daemon and every slot's unit, too.")
  private boolean now;

  /** The command in these surroundings. */
  public UninstallCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure, IOException, InterruptedException {
    ServeSettings settings = settings();
    SystemdLink systemd = null;
    Failure away = null;
    try {
      systemd = SystemdLink.open(settings.scope(), settings.environment());
    } catch (Failure unreachable) {
      away = unreachable;
    }
    try {
      List<UnitName> running = systemd == null ? List.of() : running(systemd.control());
      if (now && systemd != null) {
        stop(systemd.control(), running);
        running = List.of();
      }
      boolean changed = remove(settings);
      if (systemd != null) {
        SystemdLink.ask(systemd.control().reload());
      }
      say(changed ? "taken back" : "nothing of hal0's was there");
      String systemctl =
          settings.scope() == Scope.SYSTEM ? "systemctl stop " : "systemctl --user stop ";
      running.forEach(
          unit -> say("still running: " + unit + " (to stop it: " + systemctl + unit + ")"));
    } finally {
      if (systemd != null) {
        systemd.close();
      }
    }
    if (away != null) {
      throw new Failure(
          away.exitCode(), "the files are gone, but what runs is not known: " + away.getMessage());
    }
    return 0;
  }

  private static List<UnitName> running(UnitControl control) throws Failure {
    var units = new ArrayList<>(List.of(ServiceUnit.NAME));
    units.addAll(SystemdLink.ask(control.list()));
    var running = new ArrayList<UnitName>();
    for (UnitName unit : units) {
      UnitStatus status = SystemdLink.ask(control.status(unit));
      if (!status.isDown()) {
        running.add(unit);
      }
    }
    return running;
  }

  /** The daemon first, so that it starts nothing; then the slots, all at once. */
  private void stop(UnitControl control, List<UnitName> running) throws Failure {
    if (running.contains(ServiceUnit.NAME)) {
      stopped(ServiceUnit.NAME, control.stop(ServiceUnit.NAME, STOP_LIMIT));
    }
    List<UnitName> slots = running.stream().filter(unit -> !unit.equals(ServiceUnit.NAME)).toList();
    List<CompletableFuture<JobResult>> jobs =
        slots.stream().map(unit -> control.stop(unit, STOP_LIMIT)).toList();
    for (int i = 0; i < slots.size(); i++) {
      stopped(slots.get(i), jobs.get(i));
    }
  }

  private void stopped(UnitName unit, CompletableFuture<JobResult> job) throws Failure {
    JobResult result = SystemdLink.ask(job);
    say(
        result == JobResult.DONE
            ? "stopped " + unit
            : "not stopped: " + unit + " (" + result.word() + ")");
  }

  private boolean remove(ServeSettings settings) throws IOException {
    Path units = settings.unitDir();
    boolean changed = false;
    for (Path link : Units.links(units)) {
      changed |= removed(link);
      removeEmpty(link.getParent());
    }
    Host host = Host.here(settings.scope(), settings.environment());
    var dropIns = new DropInFiles(units, () -> host, ModelPaths.ofSlotFiles());
    for (String slot : dropIns.slots()) {
      if (dropIns.remove(slot)) {
        changed = true;
        say("removed the drop-in of " + slot);
      }
    }
    var template = new TemplateUnit(units);
    changed |= own(new OwnFile(template.file(), Units.TEMPLATE_MARK));
    changed |= own(new OwnFile(units.resolve(ServiceUnit.NAME.value()), ServiceUnit.MARK));
    if (settings.scope() == Scope.SYSTEM) {
      changed |= own(SystemUser.file());
    }
    if (PackageFiles.isHome(session().home())) {
      say("the package's own units stay (to remove it: apt remove hal0)");
    } else {
      removeEmpty(settings.slotDir());
      removeEmpty(settings.configDir());
    }
    return changed;
  }

  private boolean own(OwnFile file) throws IOException {
    if (file.owner() == OwnFile.Owner.OTHERS) {
      say("left alone, not written by hal0: " + file.path());
    }
    return file.owner() == OwnFile.Owner.HAL0 && removed(file.path());
  }

  private boolean removed(Path file) throws IOException {
    boolean there = Files.deleteIfExists(file);
    if (there) {
      say("removed " + file);
    }
    return there;
  }

  /**
   * systemctl, too, takes a target's directory away with its last link. What somebody put there
   * stays.
   */
  private static void removeEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.deleteIfExists(directory);
    } catch (java.nio.file.DirectoryNotEmptyException inUse) {
      // Other units' links, or somebody's files, are in it.
    }
  }
}
