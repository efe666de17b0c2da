package hal0.slots.probe;

import java.time.Duration;
import java.util.List;

/**
 * A verdict with its reason, not yet timed.
 *
 * @param verdict what it means
 * @param detail one clean line
 * @param models ids that are served now
 */
record Finding(Verdict verdict, String detail, List<String> models) {
  Finding {
    detail = Details.clean(detail);
    models = List.copyOf(models);
  }

  /** A finding without models. */
  static Finding of(Verdict verdict, String detail) {
    return new Finding(verdict, detail, List.of());
  }

  ProbeResult after(Duration took) {
    return new ProbeResult(verdict, detail, models, took);
  }
}
