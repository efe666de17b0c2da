package hal0.app.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * One slot as the table shows it.
 *
 * @param since when it got into its state
 * @param message one line; "" where there is nothing to say
 */
record SlotRow(String name, String state, String model, int port, Instant since, String message) {
  /** Reasons that say no more than the state does. */
  private static final Set<String> PLAIN = Set.of("loaded", "requested", "new", "request", "");

  /** Reads a slot of the API. */
  static SlotRow of(Map<?, ?> slot) {
    Instant since =
        slot.get("updated_at") instanceof Number seconds
            ? instant(seconds.doubleValue())
            : Instant.EPOCH;
    int port = slot.get("port") instanceof Number number ? number.intValue() : 0;
    return new SlotRow(
        clean(slot, "name"),
        clean(slot, "state"),
        clean(slot, "model_id"),
        port,
        since,
        message(slot));
  }

  /** The row after a transition of its slot. */
  SlotRow after(Map<?, ?> transition) {
    Instant at = since;
    try {
      at = Instant.parse(Json.text(transition, "at"));
    } catch (java.time.format.DateTimeParseException unreadable) {
      // The row keeps its old time: better than none.
    }
    String model = transition.containsKey("model_id") ? clean(transition, "model_id") : model();
    return new SlotRow(name, clean(transition, "to"), model, port, at, message(transition));
  }

  /**
   * How long it has been in its state, in one unit: {@code 12s}, {@code 4m}, {@code 3h}, {@code
   * 2d}.
   */
  String age(Instant now) {
    return age(since, now);
  }

  /** The time between, in one unit; "-" where {@code since} is not known. */
  static String age(Instant since, Instant now) {
    if (since.equals(Instant.EPOCH)) {
      return "-";
    }
    Duration age = Duration.between(since, now);
    if (age.isNegative() || age.toMinutes() < 1) {
      return Math.max(0, age.toSeconds()) + "s";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + "m";
    }
    return age.toDays() < 1 ? age.toHours() + "h" : age.toDays() + "d";
  }

  private static String message(Map<?, ?> slot) {
    String configError = clean(slot, "config_error");
    String message = clean(slot, "message");
    if (!configError.isEmpty()) {
      return message.isEmpty() || configError.contains(message)
          ? configError
          : message + "; " + configError;
    }
    String reason = clean(slot, "reason");
    return message.isEmpty() && !PLAIN.contains(reason) ? reason.replace('_', ' ') : message;
  }

  private static String clean(Map<?, ?> slot, String key) {
    return TextWidth.clean(Json.text(slot, key));
  }

  private static Instant instant(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }
}
