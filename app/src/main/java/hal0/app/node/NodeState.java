package hal0.app.node;

import java.util.Locale;

/** How ready a node is, in one word. */
public enum NodeState {
  /** A required slot has not come to rest since the daemon's start. */
  INITIALIZING,
  /** Every required slot is available. */
  READY,
  /** Some are. */
  DEGRADED,
  /** None is, systemd cannot be reached, or the daemon ends. */
  UNAVAILABLE;

  /** The lower-case word that the API uses. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
