package hal0.slots.lifecycle;

import java.util.Locale;
import java.util.Optional;

/** Why a slot is in its state. */
public enum Reason {
  LOADED,
  NO_MODEL,
  QUIET,
  ADOPTED,
  DRAINING,
  UNIT_DIED,
  UNIT_FAILED,
  PROBE_FAILED,
  HEALTH_FAILED,
  SPAWN_FAILED,
  PULL_FAILED,
  STOP_FAILED,
  STOPPED_EXTERNALLY,
  RESTARTING,
  REQUESTED,
  EVICTED,
  CANCELLED,
  /** Offline, and never been anything else. */
  NEW,
  /** A request came for a slot that was quiet, or the first of several. */
  REQUEST,
  /** Somebody else is starting the unit. */
  STARTED_EXTERNALLY;

  /** Reads the word that records and the API use. */
  public static Optional<Reason> of(String word) {
    for (Reason reason : values()) {
      if (reason.word().equals(word)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }

  /** The lower-case word that records and the API use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
