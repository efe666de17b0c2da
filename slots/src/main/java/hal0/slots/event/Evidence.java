package hal0.slots.event;

import hal0.slots.probe.ProbeResult;
import hal0.systemd.UnitStatus;
import java.util.Optional;

/**
 * What was known when a transition was decided. Immutable.
 *
 * @param unit what systemd had said of the unit last
 * @param probe the last probe of that run of it
 * @param order what had been asked, and who did, for people; "" when nothing was
 */
public record Evidence(Optional<UnitStatus> unit, Optional<ProbeResult> probe, String order) {
  /** Nothing is known. */
  public static final Evidence NONE = new Evidence(Optional.empty(), Optional.empty(), "");
}
