package hal0.app.supervise;

import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.unit.SuperviseCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be run and how it is asked: the whole command line, so that nothing else needs to be
 * there. Immutable.
 *
 * @param spec what a probe has to know of the slot; the rest of it says nothing
 * @param model the model that the server was told to serve; empty for none
 * @param watchdog how long the server may be silent; zero for ever
 * @param command the server's own argv, as bytes: it is nobody's business in which encoding
 */
record Settings(SlotSpec spec, String model, Duration watchdog, List<byte[]> command) {
  private static final Duration ZERO = Duration.ZERO;

  /**
   * Reads a command line as {@link SuperviseCommand} writes it.
   *
   * @param argv what follows {@code supervise}
   * @throws IllegalArgumentException if it makes no sense, with a sentence for people
   */
  static Settings of(List<RawText> argv) {
    Map<String, String> given = new HashMap<>();
    int at = 0;
    while (at < argv.size() && !argv.get(at).text().equals("--")) {
      String flag = argv.get(at).text();
      if (!SuperviseCommand.FLAGS.contains(flag)) {
        throw new IllegalArgumentException("unknown: " + flag);
      }
      if (at + 1 >= argv.size()) {
        throw new IllegalArgumentException(flag + " has no value");
      }
      given.put(flag, argv.get(at + 1).text());
      at += 2;
    }
    List<byte[]> command = new ArrayList<>();
    for (int i = at + 1; i < argv.size(); i++) {
      command.add(argv.get(i).bytes());
    }
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command after --");
    }
    return new Settings(
        spec(given),
        given.getOrDefault(SuperviseCommand.MODEL, ""),
        duration(given, SuperviseCommand.WATCHDOG),
        List.copyOf(command));
  }

  private static SlotSpec spec(Map<String, String> given) {
    String word = given.getOrDefault(SuperviseCommand.PROVIDER, "");
    Provider provider =
        Provider.of(word)
            .filter(one -> one != Provider.WORKER)
            .orElseThrow(() -> new IllegalArgumentException("no such provider: " + word));
    Optional<String> none = Optional.empty();
    Optional<String> model = Optional.ofNullable(given.get(SuperviseCommand.MODEL));
    return new SlotSpec(
        given.getOrDefault(SuperviseCommand.SLOT, ""),
        provider,
        number(given, SuperviseCommand.PORT, 65535),
        none,
        false,
        false,
        new SlotSpec.Model(model, none, none, none, Optional.empty(), Optional.empty()),
        new SlotSpec.Run(
            SlotSpec.Runtime.EXEC,
            none,
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            none,
            "no",
            ZERO,
            true,
            ZERO,
            ""),
        new SlotSpec.Needs(Optional.empty(), Optional.empty()),
        probe(given),
        admission(given),
        new SlotSpec.Idle(ZERO, ZERO),
        Optional.empty());
  }

  private static SlotSpec.ProbeSettings probe(Map<String, String> given) {
    return new SlotSpec.ProbeSettings(
        ZERO,
        positive(given, SuperviseCommand.INTERVAL),
        positive(given, SuperviseCommand.TIMEOUT),
        1,
        duration(given, SuperviseCommand.STABILISE),
        given.getOrDefault(SuperviseCommand.HEALTH_PATH, ""),
        given.getOrDefault(SuperviseCommand.MODELS_PATH, ""),
        given.getOrDefault(SuperviseCommand.CHAT, "").equals("yes"),
        given.getOrDefault(SuperviseCommand.ANY_LISTENER, "").equals("yes"));
  }

  private static SlotSpec.Admission admission(Map<String, String> given) {
    SlotSpec.Admission usual = SlotSpec.Admission.DEFAULT;
    return new SlotSpec.Admission(
        usual.maxInFlight(),
        usual.queue(),
        usual.patience(),
        usual.wake(),
        usual.drain(),
        usual.firstByte(),
        usual.stall(),
        Optional.ofNullable(given.get(SuperviseCommand.API_KEY_ENV)));
  }

  private static Duration positive(Map<String, String> given, String flag) {
    Duration duration = duration(given, flag);
    if (duration.isZero()) {
      throw new IllegalArgumentException(flag + " needs a duration in milliseconds");
    }
    return duration;
  }

  private static Duration duration(Map<String, String> given, String flag) {
    return Duration.ofMillis(
        given.containsKey(flag) ? number(given, flag, Long.MAX_VALUE / 1_000_000) : 0);
  }

  private static int number(Map<String, String> given, String flag, int limit) {
    return Math.toIntExact(number(given, flag, (long) limit));
  }

  private static long number(Map<String, String> given, String flag, long limit) {
    String text = given.getOrDefault(flag, "");
    long number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    if (number < 0 || number > limit) {
      throw new IllegalArgumentException(flag + " is no number up to " + limit + ": " + text);
    }
    return number;
  }
}
