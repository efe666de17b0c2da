package hal0.slots.unit;

import hal0.slots.spec.SlotSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The command line of {@code hal0 supervise}, which stands in a supervised slot's drop-in and holds
 * all that the supervisor has to know: it works without the daemon, and by the file that the server
 * was started with. Durations are milliseconds; after {@code --} comes the server's own command.
 */
public final class SuperviseCommand {
  /** The subcommand. */
  public static final String WORD = "supervise";

  public static final String SLOT = "--slot";
  public static final String PROVIDER = "--provider";
  public static final String PORT = "--port";
  public static final String MODEL = "--model";
  public static final String INTERVAL = "--interval";
  public static final String TIMEOUT = "--timeout";
  public static final String STABILISE = "--stabilise";
  public static final String HEALTH_PATH = "--health-path";
  public static final String MODELS_PATH = "--models-path";
  public static final String CHAT = "--chat";
  public static final String ANY_LISTENER = "--any-listener";
  public static final String API_KEY_ENV = "--api-key-env";
  public static final String WATCHDOG = "--watchdog";

  /** Every flag; each has a value. */
  public static final Set<String> FLAGS =
      Set.of(
          SLOT,
          PROVIDER,
          PORT,
          MODEL,
          INTERVAL,
          TIMEOUT,
          STABILISE,
          HEALTH_PATH,
          MODELS_PATH,
          CHAT,
          ANY_LISTENER,
          API_KEY_ENV,
          WATCHDOG);

  private SuperviseCommand() {}

  /** The whole command, the launcher first. */
  static List<String> of(Launch launch, Path launcher, List<String> server) {
    SlotSpec spec = launch.spec();
    SlotSpec.ProbeSettings probe = spec.probe();
    List<String> words = new ArrayList<>(List.of(launcher.toString(), WORD));
    add(words, SLOT, spec.name());
    add(words, PROVIDER, spec.provider().word());
    add(words, PORT, Integer.toString(spec.port()));
    launch.modelId().ifPresent(id -> add(words, MODEL, id));
    add(words, INTERVAL, millis(probe.interval()));
    add(words, TIMEOUT, millis(probe.timeout()));
    add(words, STABILISE, millis(probe.stabilise()));
    Optional.of(probe.healthPath())
        .filter(path -> !path.isEmpty())
        .ifPresent(path -> add(words, HEALTH_PATH, path));
    Optional.of(probe.modelsPath())
        .filter(path -> !path.isEmpty())
        .ifPresent(path -> add(words, MODELS_PATH, path));
    if (probe.chat()) {
      add(words, CHAT, "yes");
    }
    if (probe.anyListener()) {
      add(words, ANY_LISTENER, "yes");
    }
    spec.admission().apiKeyEnv().ifPresent(name -> add(words, API_KEY_ENV, name));
    if (!spec.run().watchdog().isZero()) {
      add(words, WATCHDOG, millis(spec.run().watchdog()));
    }
    words.add("--");
    words.addAll(server);
    return words;
  }

  private static void add(List<String> words, String flag, String value) {
    words.add(flag);
    words.add(value);
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
