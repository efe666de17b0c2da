package hal0.app.machine;

import hal0.app.ServeSettings;
import hal0.app.cli.Failure;
import hal0.app.cli.Session;
import hal0.slots.disk.WholeFile;
import hal0.systemd.JobResult;
import hal0.systemd.Scope;
import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code install}: the template unit, and the daemon's own where it is wanted. May be run again at
 * any time.
 */
@Command(
    name = "install",
    description = "Put hal0's units where systemd looks for them, and let it read them.")
public final class InstallCommand extends MachineCommand {
  private static final Duration START_LIMIT = Duration.ofSeconds(100);

  @Option(
      names = "--service",
      description = "Also install hal0.service, which runs the daemon, and enable it.")
  private boolean service;

  @Option(names = "--now", description = "With --service: start the daemon, too.")
  private boolean now;

  @Option(
      names = "--force",
      description = "Replace a unit file that somebody else wrote; it is kept as FILE.orig.")
  private boolean force;

  /** The command in these surroundings. */
  public InstallCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure, IOException, InterruptedException {
    if (now && !service) {
      throw new Failure(Failure.USAGE, "--now goes with --service");
    }
    ServeSettings settings = settings();
    boolean changed = template(settings);
    slots(settings.slotDir());
    if (settings.scope() == Scope.SYSTEM) {
      user();
    }
    if (service) {
      changed |= service(settings);
    }
    try (SystemdLink systemd = open(settings, changed)) {
      // Reloaded even where nothing changed: an install that was interrupted may have left that
      // undone.
      SystemdLink.ask(systemd.control().reload());
      if (service) {
        SystemdLink.ask(systemd.control().enable(ServiceUnit.NAME));
        say("enabled " + ServiceUnit.NAME);
      }
      if (now) {
        start(systemd, settings);
      }
    }
    say(next(settings));
    return 0;
  }

  private void start(SystemdLink systemd, ServeSettings settings) throws Failure {
    JobResult result = SystemdLink.ask(systemd.control().start(ServiceUnit.NAME, START_LIMIT));
    if (result != JobResult.DONE) {
      String user = settings.scope() == Scope.SYSTEM ? "" : "--user ";
      throw new Failure(
          Failure.NOT_DONE,
          ServiceUnit.NAME
              + " did not start: "
              + result.word()
              + " (see: journalctl "
              + user
              + "-u hal0)");
    }
    say("started " + ServiceUnit.NAME);
  }

  private static SystemdLink open(ServeSettings settings, boolean changed)
      throws Failure, InterruptedException {
    try {
      return SystemdLink.open(settings.scope(), settings.environment());
    } catch (Failure unreachable) {
      String written = changed ? "the files are written, but " : "the files are there, but ";
      throw new Failure(
          unreachable.exitCode(), written + unreachable.getMessage() + "; then: hal0 install");
    }
  }

  private boolean template(ServeSettings settings) throws Failure, IOException {
    var template = new TemplateUnit(settings.unitDir());
    var file = new OwnFile(template.file(), Units.TEMPLATE_MARK);
    if (isPackages(settings, UnitName.SLOT_TEMPLATE, TemplateUnit.packaged())) {
      return giveWay(file);
    }
    refuseOthers(file);
    TemplateUnit.Installed installed = template.install();
    installed.kept().ifPresent(kept -> say("kept what was there as " + kept));
    say((installed.changed() ? "wrote " : "unchanged: ") + template.file());
    return installed.changed();
  }

  /** Where people put slot files: it should be there when they look for it. */
  private void slots(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      WholeFile.makeDirectories(directory);
      say("made " + directory);
    }
  }

  /** Plain processes never run as root by default: there must be somebody else. */
  private void user() throws IOException, InterruptedException {
    if (SystemUser.exists()) {
      return;
    }
    if (SystemUser.make()) {
      say("made the user " + SystemUser.NAME + " (" + SystemUser.file().path() + ")");
    } else {
      say(
          "the user "
              + SystemUser.NAME
              + " could not be made: slots without run.user need it (useradd --system "
              + SystemUser.NAME
              + ")");
    }
  }

  private boolean service(ServeSettings settings) throws Failure, IOException {
    Path launcher = launcher();
    var file = new OwnFile(settings.unitDir().resolve(ServiceUnit.NAME.value()), ServiceUnit.MARK);
    String text = ServiceUnit.text(settings.scope(), launcher, settings.environment());
    boolean plain = text.equals(ServiceUnit.text(settings.scope(), launcher, Map.of()));
    if (plain && isPackages(settings, ServiceUnit.NAME, ServiceUnit.packaged(settings.scope()))) {
      return giveWay(file);
    }
    if (file.says(text)) {
      say("unchanged: " + file.path());
      return false;
    }
    refuseOthers(file);
    if (file.owner() == OwnFile.Owner.OTHERS) {
      Path kept = file.path().resolveSibling(file.path().getFileName() + ".orig");
      Files.move(file.path(), kept, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      say("kept what was there as " + kept);
    }
    file.write(text);
    say("wrote " + file.path());
    return true;
  }

  /** Whether this hal0 is a package's, which has put the unit where systemd finds it. */
  private boolean isPackages(ServeSettings settings, UnitName unit, String text)
      throws IOException {
    Path file = settings.scope().packageUnitDirectory().resolve(unit.value());
    boolean there =
        PackageFiles.isHome(session().home())
            && Files.exists(file)
            && Files.readString(file).equals(text);
    if (there) {
      say("the package's: " + file);
    }
    return there;
  }

  /** What an earlier install wrote would hide the package's unit from systemd. */
  private boolean giveWay(OwnFile file) throws IOException {
    switch (file.owner()) {
      case NOBODY -> {
        return false;
      }
      case OTHERS -> {
        say("left alone, though systemd prefers it: " + file.path());
        return false;
      }
      case HAL0 -> {
        Files.delete(file.path());
        say("removed " + file.path());
      }
    }
    return true;
  }

  private void refuseOthers(OwnFile file) throws Failure, IOException {
    if (!force && file.owner() == OwnFile.Owner.OTHERS) {
      throw new Failure(
          Failure.NOT_DONE,
          file.path()
              + " was not written by hal0; to replace it (it is kept): hal0 install --force");
    }
  }

  private Path launcher() throws Failure {
    Path home = session().home();
    Path launcher = home == null ? null : home.resolve("bin").resolve("hal0");
    if (launcher == null || !Files.isExecutable(launcher)) {
      throw new Failure(
          Failure.NOT_DONE, "hal0's launcher is not known: run bin/hal0 of the distribution");
    }
    return launcher;
  }

  private String next(ServeSettings settings) {
    String systemctl = settings.scope() == Scope.SYSTEM ? "systemctl" : "systemctl --user";
    String next = service ? systemctl + " start hal0" : "hal0 serve";
    return now ? "next: hal0 slots status" : "next: " + next;
  }
}
