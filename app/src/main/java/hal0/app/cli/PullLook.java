package hal0.app.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * How a pull is shown: on a terminal a bar, elsewhere a line now and then. For one thread at a
 * time.
 */
final class PullLook {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int STEP = 10;
  private static final int CELLS = 20;

  private final boolean unicode;
  private Map<?, ?> pull = Map.of();
  private String message = "";
  private Instant last = Instant.EPOCH;
  private int lastPercent = -STEP;
  private String lastPhase = "";

  /**
   * @param unicode whether more than ASCII may be drawn
   */
  PullLook(boolean unicode) {
    this.unicode = unicode;
  }

  /** Takes what {@code event: progress}, or a slot, says. */
  void take(Map<?, ?> said) {
    pull = Json.object(said.get("pull"));
    message = TextWidth.clean(Json.text(said, "message"));
  }

  /** Nothing is fetched any more. */
  void end() {
    pull = Map.of();
  }

  /** Whether something is fetched. */
  boolean isOn() {
    return !pull.isEmpty();
  }

  /** A bar where it is known how much it is, and how far it is. */
  String line() {
    int percent = percent();
    return percent < 0 ? message : bar(percent, unicode) + " " + message;
  }

  /**
   * A line where lines are not drawn again: "" while there is little new.
   *
   * @param now the present
   */
  String news(Instant now) {
    String phase = Json.text(pull, "phase");
    boolean far = percent() >= lastPercent + STEP;
    boolean late = Duration.between(last, now).compareTo(BETWEEN_LINES) >= 0;
    if (!isOn() || !far && !late && phase.equals(lastPhase)) {
      return "";
    }
    last = now;
    lastPhase = phase;
    lastPercent = Math.max(0, percent());
    return message;
  }

  private int percent() {
    return pull.get("percent") instanceof Number number ? number.intValue() : -1;
  }

  /** {@code [#####...............]}, 0 to 100 hundredths full. */
  static String bar(int percent, boolean unicode) {
    int full = Math.clamp(percent, 0, 100) * CELLS / 100;
    return unicode
        ? "█".repeat(full) + "░".repeat(CELLS - full)
        : "[" + "#".repeat(full) + ".".repeat(CELLS - full) + "]";
  }
}
