package hal0.tests.sim;

import hal0.slots.spec.SlotSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * What a slot's drop-in says: the values of a {@link hal0.slots.unit.UnitFiles#write}. Immutable.
 *
 * @param spec the slot
 * @param model the model that its command names
 */
public record Definition(SlotSpec spec, Optional<String> model) {
  /** Whether systemd starts it again after such an end. */
  boolean restarts(boolean clean) {
    return switch (spec.run().restart()) {
      case "always" -> true;
      case "no" -> false;
      case "on-success" -> clean;
      default -> !clean;
    };
  }

  /** {@code RestartSec=}. */
  Duration restartDelay() {
    return spec.run().restartSec();
  }
}
