package hal0.app.node;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How ready the node is, and why not more. Immutable.
 *
 * @param reason for people; empty when ready
 * @param backendInitialized whether systemd can be reached
 */
public record Readiness(NodeState state, String reason, boolean backendInitialized) {
  /** Why a daemon that ends takes no requests. */
  static final String STOPPING = "stopping";

  /**
   * A slot that the node's readiness depends on.
   *
   * @param shown its state for people
   * @param settled whether it has come to rest since the daemon's start
   * @param available whether it serves a request now, or would be loaded for one
   */
  public record Required(String name, String shown, boolean settled, boolean available) {
    @Override
    public String toString() {
      return name + " (" + shown + ")";
    }
  }

  /** How systemd is reached. */
  public enum Link {
    /** Not yet since the start, a moment ago. */
    TRYING,
    UP,
    /** It is not. */
    DOWN
  }

  /**
   * The whole rule, a pure function: the first line that fits.
   *
   * @param required by name
   */
  public static Readiness of(Link link, List<Required> required) {
    if (link == Link.DOWN) {
      return new Readiness(
          NodeState.UNAVAILABLE, "backend init failed: systemd cannot be reached", false);
    }
    if (link == Link.TRYING) {
      return new Readiness(NodeState.INITIALIZING, "connecting to systemd", false);
    }
    List<Required> unsettled = required.stream().filter(slot -> !slot.settled()).toList();
    if (!unsettled.isEmpty()) {
      return new Readiness(NodeState.INITIALIZING, "waiting for " + names(unsettled), true);
    }
    List<Required> missing = required.stream().filter(slot -> !slot.available()).toList();
    if (missing.isEmpty()) {
      return new Readiness(NodeState.READY, "", true);
    }
    return missing.size() < required.size()
        ? new Readiness(NodeState.DEGRADED, "not available: " + names(missing), true)
        : new Readiness(NodeState.UNAVAILABLE, "none is available: " + names(missing), true);
  }

  /** What a daemon says that ends in order. */
  Readiness stopping() {
    return new Readiness(NodeState.UNAVAILABLE, STOPPING, backendInitialized);
  }

  private static String names(List<Required> slots) {
    return slots.stream().map(Required::toString).collect(Collectors.joining(", "));
  }
}
