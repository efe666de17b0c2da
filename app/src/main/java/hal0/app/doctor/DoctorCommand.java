package hal0.app.doctor;

import hal0.app.ServeSettings;
import hal0.app.cli.Client;
import hal0.app.cli.Failure;
import hal0.app.cli.Session;
import hal0.app.cli.Terminal;
import hal0.app.machine.MachineCommand;
import hal0.app.machine.PackageFiles;
import hal0.app.machine.SystemdLink;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecDirectory;
import hal0.systemd.Scope;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}: looks at everything that slots need; exit code 1 if anything is wrong. */
@Command(
    name = "doctor",
    description = "Look for what keeps slots from working, and name the command that mends it.")
public final class DoctorCommand extends MachineCommand {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where the daemon's API is (default: $$HAL0_URL, else http://127.0.0.1:8080).")
  private String url;

  private final List<Finding> findings = new ArrayList<>();

  /** The command in these surroundings. */
  public DoctorCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure, IOException, InterruptedException {
    ServeSettings settings;
    try {
      settings = settings();
    } catch (Failure unusable) {
      // Where everything is stands in what cannot be read.
      findings.add(Finding.wrong(unusable.getMessage(), "mend that, then look again: hal0 doctor"));
      return report();
    }
    Optional<Map<String, UnitStatus>> units = units(settings);
    boolean daemon = daemon(settings);
    var ground = new Ground(settings, files(settings, units), units, daemon);
    if (PackageFiles.isHome(session().home())) {
      findings.addAll(PackageChecks.look(ground));
    }
    findings.addAll(UnitChecks.look(ground));
    findings.addAll(ConfigChecks.look(ground));
    findings.addAll(SlotChecks.look(ground));
    findings.addAll(RightsChecks.look(ground));
    return report();
  }

  private Optional<Map<String, UnitStatus>> units(ServeSettings settings)
      throws InterruptedException {
    try (SystemdLink systemd = SystemdLink.open(settings.scope(), settings.environment())) {
      var units = new HashMap<String, UnitStatus>();
      for (UnitName unit : SystemdLink.ask(systemd.control().list())) {
        UnitStatus status = SystemdLink.ask(systemd.control().status(unit));
        unit.slot().ifPresent(slot -> units.put(slot, status));
      }
      findings.add(Finding.ok("systemd (" + settings.scope().word() + ") answers"));
      return Optional.of(units);
    } catch (Failure unreachable) {
      boolean system = settings.scope() == Scope.SYSTEM;
      String mend =
          system
              ? "systemctl start dbus.socket (Debian: apt-get install systemd dbus)"
              : "apt-get install dbus-user-session, then log in again (for the system's:"
                  + " HAL0_SCOPE=system)";
      findings.add(Finding.wrong(unreachable.getMessage(), mend));
      return Optional.empty();
    }
  }

  private boolean daemon(ServeSettings settings) throws Failure {
    Client client = session().client(url);
    try {
      client.getJson("/readyz");
      findings.add(Finding.ok("the daemon at " + client.address().where() + " is ready"));
      return true;
    } catch (Failure failure) {
      boolean answers = failure.exitCode() != Failure.UNREACHABLE;
      String why = failure.getMessage().replaceFirst("; to start (it|hal0): .*", "");
      String text = answers ? "the daemon is not ready: " + why : why;
      findings.add(
          Finding.wrong(text, answers ? "hal0 doctor, in a moment" : client.address().start()));
      if (!answers) {
        findings.addAll(Holders.ofApi(settings.listen().getPort()));
      }
      return answers;
    }
  }

  private static Map<String, SlotFile> files(
      ServeSettings settings, Optional<Map<String, UnitStatus>> units) throws IOException {
    var directory = new SpecDirectory(settings.configDir().resolve("slots"));
    return directory.read(
        slot -> units.map(known -> known.get(slot)).filter(status -> !status.isDown()).isPresent());
  }

  private int report() {
    Terminal terminal = session().terminal();
    for (Finding finding : findings) {
      String word =
          switch (finding.level()) {
            case OK -> terminal.paint("32", "ok   ");
            case NOTE -> terminal.paint("33", "note ");
            case WRONG -> terminal.paint("1;31", "WRONG");
          };
      say(word + "  " + finding.text());
      if (!finding.mend().isEmpty()) {
        say("         to mend it: " + finding.mend());
      }
    }
    long wrong =
        findings.stream().filter(finding -> finding.level() == Finding.Level.WRONG).count();
    say(
        wrong == 0
            ? "Nothing is wrong."
            : wrong == 1 ? "One thing is wrong." : wrong + " things are wrong.");
    return wrong == 0 ? 0 : Failure.NOT_DONE;
  }
}
