package hal0.slots.spec;

import hal0.slots.pull.Sources;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every key of a slot file: how its value is read and what it is when left out. The only place that
 * says so.
 */
final class SpecKeys {
  static final Key<Provider> PROVIDER =
      Key.of(
          "provider",
          Readings.oneOf(
              Arrays.stream(Provider.values()).map(Provider::word).toList(), Provider::of));
  static final Key<Integer> PORT = Key.of("port", Readings.whole(1, 65535));
  static final Key<String> BACKEND = Key.of("backend", Readings.line());
  static final Key<Boolean> ENABLED = Key.of("enabled", Readings.flag(), true);
  static final Key<Boolean> PINNED = Key.of("pinned", Readings.flag(), false);

  static final Key<String> MODEL_DEFAULT = Key.of("model.default", Readings.line());
  static final Key<String> MODEL_PATH = Key.of("model.path", Readings.path());
  static final Key<String> MODEL_SOURCE = Key.of("model.source", source());
  static final Key<String> MODEL_SHA256 = Key.of("model.sha256", sha256());
  static final Key<Integer> CONTEXT_SIZE =
      Key.of("model.context_size", Readings.whole(0, 1_000_000_000));
  static final Key<Integer> GPU_LAYERS = Key.of("model.gpu_layers", Readings.whole(-1, 1_000_000));

  static final Key<SlotSpec.Runtime> RUNTIME =
      Key.of("run.runtime", Readings.oneOf(List.of("podman", "docker", "exec"), SpecKeys::runtime));
  static final Key<String> IMAGE =
      Key.of(
          "run.image",
          Readings.matching(
              Pattern.compile("[^\\s-]\\S*"), "must be an image's name without blanks"));
  static final Key<List<String>> COMMAND =
      Key.of("run.command", Readings.list(Readings.text(Readings.MAX_ARGUMENT)));
  static final Key<Map<String, String>> ENV = Key.of("run.env", Readings.environment(), Map.of());
  static final Key<List<String>> DEVICES =
      Key.of("run.devices", Readings.list(filled(Readings.line())), List.of());
  static final Key<List<String>> VOLUMES =
      Key.of("run.volumes", Readings.list(filled(Readings.text(Readings.MAX_LINE))), List.of());
  static final Key<String> MEMORY_MAX = Key.of("run.memory_max", checked(Readings.bytes()));
  static final Key<String> RESTART = Key.of("run.restart", restart(), "on-failure");
  static final Key<Duration> RESTART_SEC =
      Key.of("run.restart_sec", Readings.duration(true), Duration.ofSeconds(1));
  static final Key<Boolean> SUPERVISE = Key.of("run.supervise", Readings.flag(), false);
  static final Key<Duration> WATCHDOG =
      Key.of("run.watchdog", Readings.duration(true), Duration.ZERO);
  static final Key<String> USER =
      Key.of(
          "run.user",
          Readings.matching(
              Pattern.compile("|[A-Za-z_][A-Za-z0-9_.-]{0,30}|[0-9]{1,10}"),
              "must be a user's name or number, or \"\""),
          "");

  static final Key<Long> NEEDS_MEMORY = Key.of("needs.memory", Readings.bytes());
  static final Key<Long> NEEDS_VRAM = Key.of("needs.vram", Readings.bytes());

  static final Key<Duration> GRACE =
      Key.of("probe.grace", Readings.duration(false), Duration.ofSeconds(180));
  static final Key<Duration> INTERVAL =
      Key.of("probe.interval", Readings.duration(false), Duration.ofSeconds(10));
  static final Key<Duration> TIMEOUT =
      Key.of("probe.timeout", Readings.duration(false), Duration.ofSeconds(5));
  static final Key<Integer> FAILURES = Key.of("probe.failures", Readings.whole(1, 1000), 3);
  static final Key<Duration> STABILISE =
      Key.of("probe.stabilise", Readings.duration(true), Duration.ofSeconds(3));
  static final Key<String> HEALTH_PATH = Key.of("probe.health_path", pathOrNone());
  static final Key<String> MODELS_PATH = Key.of("probe.models_path", pathOrNone());
  static final Key<Boolean> CHAT = Key.of("probe.chat", Readings.flag(), false);
  static final Key<Boolean> ANY_LISTENER = Key.of("probe.any_listener", Readings.flag(), false);

  static final Key<Integer> MAX_IN_FLIGHT =
      Key.of("admission.max_in_flight", Readings.whole(0, 1_000_000), 0);
  static final Key<Integer> QUEUE = Key.of("admission.queue", Readings.whole(0, 1_000_000), 0);
  static final Key<Duration> WAIT =
      Key.of("admission.wait", Readings.duration(true), Duration.ofSeconds(30));
  static final Key<Boolean> WAKE = Key.of("admission.wake", Readings.flag(), false);
  static final Key<Duration> DRAIN =
      Key.of("admission.drain", Readings.duration(true), Duration.ofSeconds(30));
  static final Key<Duration> FIRST_BYTE =
      Key.of("admission.first_byte", Readings.duration(false), Duration.ofSeconds(300));
  static final Key<Duration> STALL =
      Key.of("admission.stall", Readings.duration(false), Duration.ofSeconds(120));
  static final Key<String> API_KEY_ENV =
      Key.of("admission.api_key_env", Readings.variableOrNone(), "");

  static final Key<Duration> IDLE_AFTER =
      Key.of("idle.after", Readings.duration(true), Duration.ofMinutes(5));
  static final Key<Duration> UNLOAD_AFTER =
      Key.of("idle.unload_after", Readings.duration(true), Duration.ZERO);

  static final Key<String> ROLE =
      Key.of("worker.role", word(List.of("embed", "chat", "rerank", "vision")));
  static final Key<String> ENGINE = Key.of("worker.engine", filled(Readings.line()));
  static final Key<String> WORKER_LOAD =
      Key.of("worker.load", word(List.of("eager", "lazy")), "eager");
  static final Key<Map<String, Object>> OPTIONS =
      Key.of("worker.options", Readings.anything(), Map.of());

  static final Schema ALL =
      new Schema(
          List.of(
              PROVIDER,
              PORT,
              BACKEND,
              ENABLED,
              PINNED, //
              MODEL_DEFAULT,
              MODEL_PATH,
              MODEL_SOURCE,
              MODEL_SHA256,
              CONTEXT_SIZE,
              GPU_LAYERS, //
              RUNTIME,
              IMAGE,
              COMMAND,
              ENV,
              DEVICES,
              VOLUMES,
              MEMORY_MAX,
              RESTART,
              RESTART_SEC,
              SUPERVISE, //
              WATCHDOG,
              USER,
              NEEDS_MEMORY,
              NEEDS_VRAM, //
              GRACE,
              INTERVAL,
              TIMEOUT,
              FAILURES,
              STABILISE,
              HEALTH_PATH,
              MODELS_PATH,
              CHAT,
              ANY_LISTENER, //
              MAX_IN_FLIGHT,
              QUEUE,
              WAIT,
              WAKE,
              DRAIN,
              FIRST_BYTE,
              STALL,
              API_KEY_ENV, //
              IDLE_AFTER,
              UNLOAD_AFTER,
              ROLE,
              ENGINE,
              WORKER_LOAD,
              OPTIONS));

  private SpecKeys() {}

  private static Optional<SlotSpec.Runtime> runtime(String word) {
    return Arrays.stream(SlotSpec.Runtime.values())
        .filter(runtime -> runtime.word().equals(word))
        .findFirst();
  }

  static Reading<String> source() {
    return Readings.matching(
            Sources.FORM,
            "must be an address that begins with https:// or http://, or"
                + " hf://owner/repo/file[@revision]")
        .then(source -> Sources.isOne(source) ? "" : "is no address that can be understood");
  }

  static Reading<String> sha256() {
    return Readings.matching(Pattern.compile("[0-9A-Fa-f]{64}"), "must be 64 hexadecimal digits")
        .as(digits -> digits.toLowerCase(Locale.ROOT));
  }

  private static Reading<String> restart() {
    return word(
        List.of(
            "no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"));
  }

  static Reading<String> word(List<String> words) {
    return Readings.oneOf(words, word -> Optional.of(word).filter(words::contains));
  }

  private static Reading<String> filled(Reading<String> reading) {
    return reading.then(value -> value.isEmpty() ? "must not be empty" : "");
  }

  private static Reading<String> pathOrNone() {
    return Readings.matching(
        Pattern.compile("|/[!-~]*"),
        "must be \"\" or a path of plain characters that begins with /");
  }

  /** The text itself, once it is known to be good: systemd reads it as hal0 does. */
  private static Reading<String> checked(Reading<?> reading) {
    return (key, node, problems) ->
        reading.read(key, node, problems).map(_ -> ((hal0.slots.toml.TomlNode.Text) node).value());
  }
}
