package hal0.slots.probe;

import java.util.Locale;

/** What a probe's answer means (docs/upstreams.md has the evidence for each). */
public enum Verdict {
  /** A model is served. */
  SERVING,
  /** The server is well and has no model. */
  NO_MODEL,
  /** The server says that it is still loading. */
  LOADING,
  /** Nothing answers: refused, reset, or no answer in time. */
  UNREACHABLE,
  /** It answers that it is not well. */
  UNHEALTHY,
  /** It answers something that cannot be understood. */
  NOT_UNDERSTOOD,
  /**
   * The probe itself could not be made (our own want of resources, cancelled): says nothing, counts
   * for nothing.
   */
  INCONCLUSIVE,
  /** The port is held by a process that is not of the slot's unit. */
  FOREIGN_LISTENER;

  /** The lower-case word that the API uses. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the server is known to be well: it serves, or could serve. */
  public boolean isAlive() {
    return this == SERVING || this == NO_MODEL;
  }

  /** Whether this counts as a failed probe of a live slot. */
  public boolean isFailure() {
    return !isAlive() && this != INCONCLUSIVE;
  }
}
