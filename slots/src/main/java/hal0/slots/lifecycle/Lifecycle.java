package hal0.slots.lifecycle;

import static hal0.slots.lifecycle.SlotState.ERROR;
import static hal0.slots.lifecycle.SlotState.IDLE;
import static hal0.slots.lifecycle.SlotState.OFFLINE;
import static hal0.slots.lifecycle.SlotState.PULLING;
import static hal0.slots.lifecycle.SlotState.READY;
import static hal0.slots.lifecycle.SlotState.SERVING;
import static hal0.slots.lifecycle.SlotState.STARTING;
import static hal0.slots.lifecycle.SlotState.UNLOADING;
import static hal0.slots.lifecycle.SlotState.WARMING;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The table of all transitions: there is no other way to change a state. Two named sets: lifecycle
 * edges, taken by commands, loads, probes, requests and timers; and observed edges, taken only when
 * systemd or the upstream contradicts the record.
 */
public final class Lifecycle {
  /** Which of the two sets. */
  public enum Kind {
    LIFECYCLE,
    OBSERVED
  }

  /**
   * One edge.
   *
   * @param reasons what it may be taken for; empty for any reason
   */
  public record Edge(SlotState from, SlotState to, Kind kind, Set<Reason> reasons) {}

  private static final List<Edge> EDGES = new ArrayList<>();

  static {
    lifecycle(OFFLINE, PULLING, STARTING);
    lifecycle(PULLING, STARTING, ERROR, OFFLINE);
    lifecycle(STARTING, WARMING, UNLOADING, ERROR, OFFLINE);
    lifecycle(WARMING, READY, IDLE, UNLOADING, ERROR, OFFLINE);
    lifecycle(READY, SERVING, IDLE, UNLOADING, ERROR);
    lifecycle(SERVING, READY, IDLE, ERROR);
    lifecycle(IDLE, SERVING, UNLOADING, READY, ERROR);
    lifecycle(UNLOADING, OFFLINE, ERROR);
    lifecycle(ERROR, OFFLINE, PULLING, STARTING, UNLOADING);
    for (SlotState from : EnumSet.of(OFFLINE, ERROR)) {
      observed(from, READY, Reason.ADOPTED);
      observed(from, IDLE, Reason.ADOPTED);
      observed(from, WARMING, Reason.ADOPTED);
    }
    observed(OFFLINE, ERROR, Reason.UNIT_FAILED);
    for (SlotState from : EnumSet.of(READY, SERVING, IDLE)) {
      observed(from, ERROR, Reason.UNIT_DIED);
    }
    for (SlotState from : EnumSet.of(STARTING, WARMING, READY, SERVING, IDLE, ERROR)) {
      observed(from, OFFLINE, Reason.STOPPED_EXTERNALLY);
    }
  }

  private Lifecycle() {}

  /** Every edge, in the table's order. */
  public static List<Edge> edges() {
    return List.copyOf(EDGES);
  }

  /** Whether the table has this edge, in that set and for that reason. */
  public static boolean allows(SlotState from, SlotState to, Kind kind, Reason reason) {
    return EDGES.stream()
        .anyMatch(
            edge ->
                edge.from() == from
                    && edge.to() == to
                    && edge.kind() == kind
                    && (edge.reasons().isEmpty() || edge.reasons().contains(reason)));
  }

  private static void lifecycle(SlotState from, SlotState... targets) {
    for (SlotState to : targets) {
      add(new Edge(from, to, Kind.LIFECYCLE, Set.of()));
    }
  }

  private static void observed(SlotState from, SlotState to, Reason reason) {
    add(new Edge(from, to, Kind.OBSERVED, Set.of(reason)));
  }

  private static void add(Edge edge) {
    for (Edge other : EDGES) {
      if (other.from() == edge.from() && other.to() == edge.to() && other.kind() == edge.kind()) {
        throw new IllegalStateException("stands twice in the table: " + edge);
      }
    }
    EDGES.add(edge);
  }
}
