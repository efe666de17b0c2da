package hal0.slots.record;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is remembered of a slot, on disk too. Immutable.
 *
 * @param modelId the model it serves or was told to serve; "" for none
 * @param port the port of its file when this was written
 * @param updatedAt when the state last changed
 * @param message for people, one line
 * @param reason why it is in this state
 * @param extra further facts, JSON values only; kept as they are found
 */
public record SlotRecord(
    String name,
    SlotState state,
    String modelId,
    int port,
    Instant updatedAt,
    String message,
    Reason reason,
    Map<String, Object> extra) {
  /** Copies the map, its order and its nulls (JSON has them) included. */
  public SlotRecord {
    extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }

  /** A slot that has never been anything. */
  public static SlotRecord fresh(String name, int port, Instant now) {
    return new SlotRecord(
        name, SlotState.OFFLINE, "", port, now, "never loaded", Reason.NEW, Map.of());
  }
}
