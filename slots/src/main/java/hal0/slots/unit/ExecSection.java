package hal0.slots.unit;

import static hal0.slots.unit.DropIn.Section.set;

import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecProblem;
import hal0.systemd.Scope;
import hal0.systemd.UnitFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A plain process. In the system scope it runs as the slot's user, or as {@code hal0}, who must
 * exist and may read the model and use the devices: {@code systemd-sysusers} or {@code useradd
 * --system}, and membership in {@code render} and {@code video} for a GPU.
 */
final class ExecSection {
  private static final String USER = "hal0";

  /** A load that is late says so itself before systemd ends it. */
  private static final Duration BEYOND_GRACE = Duration.ofSeconds(60);

  /**
   * What takes rights away that no server of models needs, without hiding files, devices or homes
   * from it.
   */
  private static final List<String> HARDENING =
      List.of(
          "NoNewPrivileges",
          "LockPersonality",
          "RestrictSUIDSGID",
          "ProtectControlGroups",
          "ProtectClock");

  private static final Map<String, String> KINDS =
      Map.of("/dev/dri", "char-drm", "/dev/accel", "char-accel", "/dev/snd", "char-alsa");

  private ExecSection() {}

  static void append(StringBuilder text, Launch launch, Host host)
      throws SlotException.ConfigError {
    SlotSpec spec = launch.spec();
    if (spec.worker().isPresent()) {
      notified(text, spec);
    } else if (spec.run().supervise()) {
      supervised(text, launch);
    } else {
      set(text, "Type", "exec");
    }
    set(text, "ExecStart", "");
    set(text, "ExecStart", command(launch, host));
    for (Map.Entry<String, String> entry : launch.env().entrySet()) {
      set(text, "Environment", variable(launch, entry.getKey(), entry.getValue()));
    }
    spec.run().memoryMax().ifPresent(limit -> set(text, "MemoryMax", UnitFile.value(limit)));
    if (host.scope() == Scope.SYSTEM) {
      set(text, "User", UnitFile.value(spec.run().user().isEmpty() ? USER : spec.run().user()));
      // Servers lock models into memory, and FastFlowLM the buffers that it shares with the NPU.
      set(text, "LimitMEMLOCK", "infinity");
      HARDENING.forEach(key -> set(text, key, "yes"));
      set(text, "ProtectSystem", "full");
      // What lets people of the group hal0 in must not let a server in that runs as the user hal0.
      set(text, "InaccessiblePaths", "-/run/hal0/api.sock -/var/lib/hal0/token");
      devices(text, spec.run().devices());
    } else {
      // The others need rights that a user's systemd has not.
      set(text, "NoNewPrivileges", "yes");
    }
  }

  /** It says itself when its model is loaded, and that its work makes progress. */
  private static void notified(StringBuilder text, SlotSpec spec) {
    set(text, "Type", "notify");
    set(text, "NotifyAccess", "main");
    set(text, "TimeoutStartSec", DropIn.Section.seconds(spec.probe().grace()));
    if (!spec.run().watchdog().isZero()) {
      set(text, "WatchdogSec", DropIn.Section.seconds(spec.run().watchdog()));
    }
    set(text, "RuntimeDirectory", SocketDirectory.under(spec.name()));
    set(text, "RuntimeDirectoryMode", "0750");
  }

  /** A slot that names devices may use those, and what every program may; others what they can. */
  private static void devices(StringBuilder text, List<String> devices) {
    for (String device : devices) {
      int colon = device.indexOf(':');
      String path = colon < 0 ? device : device.substring(0, colon);
      if (path.startsWith("/")) {
        // systemd knows no directories of devices, but kinds of devices.
        String kind = KINDS.get(path);
        set(text, "DeviceAllow", kind == null ? UnitFile.value(path) + " rw" : kind + " rw");
      }
    }
  }

  /** The supervisor says when it serves, asks for more time while it loads, and that it lives. */
  private static void supervised(StringBuilder text, Launch launch) {
    SlotSpec spec = launch.spec();
    set(text, "Type", "notify");
    set(text, "NotifyAccess", "main");
    // Those of a load that goes on are longer: it asks for more.
    set(text, "TimeoutStartSec", DropIn.Section.seconds(spec.probe().grace().plus(BEYOND_GRACE)));
    if (!spec.run().watchdog().isZero()) {
      set(text, "WatchdogSec", DropIn.Section.seconds(spec.run().watchdog()));
      // A core of the supervisor would say nothing about the server.
      set(text, "WatchdogSignal", "SIGKILL");
    }
    String program = launch.program().orElseThrow();
    String name = program.substring(program.lastIndexOf('/') + 1);
    // The journal's name for its lines, as without a supervisor.
    set(text, "SyslogIdentifier", UnitFile.value(name.isEmpty() ? "hal0" : name));
  }

  private static String command(Launch launch, Host host) throws SlotException.ConfigError {
    String program = program(launch, host);
    if (program.isEmpty() || program.indexOf('/') > 0) {
      throw bad(
          launch,
          "run.command",
          "\"" + program + "\" is neither an absolute path nor a program's name");
    }
    List<String> words = new ArrayList<>();
    words.add(program);
    words.addAll(launch.arguments());
    return UnitFile.command(
        launch.spec().run().supervise()
            ? SuperviseCommand.of(launch, launcher(launch, "run.supervise", host), words)
            : words);
  }

  private static String program(Launch launch, Host host) throws SlotException.ConfigError {
    String named = launch.program().orElseThrow();
    boolean hal0 = named.equals(ProviderCommands.HAL0) && launch.spec().run().command().isEmpty();
    if (!hal0) {
      return host.program().apply(named);
    }
    return launcher(launch, "provider", host).toString();
  }

  private static Path launcher(Launch launch, String key, Host host)
      throws SlotException.ConfigError {
    if (host.launcher().isEmpty()) {
      throw bad(launch, key, "hal0's launcher is not known: run bin/hal0 of the distribution");
    }
    return host.launcher().get();
  }

  private static String variable(Launch launch, String key, String value)
      throws SlotException.ConfigError {
    if (!UnitFile.isEnvironmentValue(value)) {
      throw bad(
          launch, "run.env." + key, "systemd passes no control characters but newlines and tabs");
    }
    return UnitFile.environment(key, value);
  }

  private static SlotException.ConfigError bad(Launch launch, String key, String message) {
    return new SlotException.ConfigError(
        launch.spec().name(), List.of(new SpecProblem(key, 0, message)));
  }
}
