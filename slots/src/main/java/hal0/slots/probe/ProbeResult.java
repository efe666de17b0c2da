package hal0.slots.probe;

import java.time.Duration;
import java.util.List;

/**
 * What one probe found. Immutable.
 *
 * @param verdict what it means
 * @param detail the same for a person, one line, never empty
 * @param models ids of the models that are served now, in the upstream's order
 * @param took how long the probe lasted
 */
public record ProbeResult(Verdict verdict, String detail, List<String> models, Duration took) {
  /** Copies the list. */
  public ProbeResult {
    models = List.copyOf(models);
  }
}
