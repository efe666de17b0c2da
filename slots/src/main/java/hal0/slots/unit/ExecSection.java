package hal0.slots.unit;

import static hal0.slots.unit.DropIn.Section.set;

import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecProblem;
import hal0.systemd.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A plain process. In the system scope it runs as the slot's user, or as {@code hal0}, who must exist and may read the
 * model and use the devices: {@code systemd-sysusers} or {@code useradd --system}, and membership in {@code render} and
 * {@code video} for a GPU.
 */
final class ExecSection {
  private static final String USER = "hal0";

  /** A first letter such as {@code +} would mean something to systemd. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.][^/\\x00]*");

  /** What takes rights away that no server of models needs, without hiding files, devices or homes from it. */
  private static final List<String> HARDENING =
      List.of("NoNewPrivileges", "LockPersonality", "RestrictSUIDSGID", "ProtectControlGroups", "ProtectClock");

  private ExecSection() {}

  static void append(StringBuilder text, Launch launch, Host host) throws SlotException.ConfigError {
    SlotSpec spec = launch.spec();
    set(text, "Type", "exec");
    set(text, "ExecStart", "");
    set(text, "ExecStart", command(launch, host));
    for (Map.Entry<String, String> entry : launch.env().entrySet()) {
      set(text, "Environment", variable(launch, entry.getKey(), entry.getValue()));
    }
    spec.run().memoryMax().ifPresent(limit -> set(text, "MemoryMax", Quoting.value(limit)));
    if (host.scope() == Scope.SYSTEM) {
      set(text, "User", Quoting.value(spec.run().user().isEmpty() ? USER : spec.run().user()));
      // Servers lock models into memory, and FastFlowLM the buffers that it shares with the NPU.
      set(text, "LimitMEMLOCK", "infinity");
      HARDENING.forEach(key -> set(text, key, "yes"));
      set(text, "ProtectSystem", "full");
    } else {
      // The others need rights that a user's systemd has not.
      set(text, "NoNewPrivileges", "yes");
    }
  }

  private static String command(Launch launch, Host host) throws SlotException.ConfigError {
    String program = host.program().apply(launch.program().orElseThrow());
    if (!program.startsWith("/") && !NAME.matcher(program).matches()) {
      throw bad(launch, "run.command", "\"" + program + "\" is neither an absolute path nor a program's name");
    }
    List<String> words = new ArrayList<>();
    words.add(program);
    words.addAll(launch.arguments());
    boolean dollar = words.stream().anyMatch(word -> word.indexOf('$') >= 0);
    words.replaceAll(Quoting::word);
    // Without the prefix systemd would replace variables.
    return (dollar ? ":" : "") + String.join(" ", words);
  }

  private static String variable(Launch launch, String key, String value) throws SlotException.ConfigError {
    if (value.chars().anyMatch(c -> (c < ' ' || c == 127) && c != '\n' && c != '\t')) {
      throw bad(launch, "run.env." + key, "systemd passes no control characters but newlines and tabs");
    }
    return Quoting.variable(key, value);
  }

  private static SlotException.ConfigError bad(Launch launch, String key, String message) {
    return new SlotException.ConfigError(launch.spec().name(), List.of(new SpecProblem(key, 0, message)));
  }
}
