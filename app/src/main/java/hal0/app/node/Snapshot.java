package hal0.app.node;

import com.fasterxml.jackson.core.JsonGenerator;
import hal0.app.api.JsonOut;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The node at one moment, taken whole: its word and its reason follow from the same slots that it
 * shows. Immutable.
 *
 * @param node the host's name
 * @param bootId another for each start of the daemon
 * @param startedMs when the daemon started, in ms since the epoch
 * @param seq rises by one with every change
 * @param lastTransitionMs when {@code readiness} became what it is, in ms since the epoch; no two
 *     are the same
 * @param timestampMs when this was taken, in ms since the epoch
 * @param slots by name
 * @param last whether the daemon ends: no other will follow
 */
public record Snapshot(
    String node,
    String bootId,
    long startedMs,
    long seq,
    Readiness readiness,
    long lastTransitionMs,
    long timestampMs,
    BusState bus,
    Map<String, Slot> slots,
    boolean last) {
  /** After so many ms without another one, a reader should think the node lost. */
  public static final long TTL_MS = 15_000;

  /** What is told of one slot. */
  public record Slot(SlotState state, boolean routable, Reason reason) {
    /** The same but for the flips between ready and serving, which come with every request. */
    private Slot steady() {
      boolean flips = routable && (state == SlotState.READY || state == SlotState.SERVING);
      return flips ? new Slot(SlotState.READY, true, Reason.LOADED) : this;
    }
  }

  static Map<String, Slot> slots(List<SlotView> views) {
    Map<String, Slot> slots = new TreeMap<>();
    views.forEach(
        view -> slots.put(view.name(), new Slot(view.state(), view.routable(), view.reason())));
    return slots;
  }

  /** Whether this differs from another in what readers count. */
  boolean differsFrom(Snapshot other) {
    return !readiness.equals(other.readiness)
        || !bus.equals(other.bus)
        || !steady(slots).equals(steady(other.slots));
  }

  private static Map<String, Slot> steady(Map<String, Slot> slots) {
    Map<String, Slot> steady = new TreeMap<>();
    slots.forEach((name, slot) -> steady.put(name, slot.steady()));
    return steady;
  }

  /** As JSON, for every way in which it is told. */
  public byte[] json() {
    return JsonOut.bytes(this::write);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("service", "hal0");
    JsonOut.text(json, "node", Optional.of(node));
    json.writeStringField("boot_id", bootId);
    json.writeNumberField("seq", seq);
    json.writeStringField("readiness", readiness.state().word());
    json.writeStringField("status", readiness.state().word());
    JsonOut.text(json, "reason", Optional.of(readiness.reason()));
    json.writeBooleanField("backend_initialized", readiness.backendInitialized());
    json.writeNumberField("last_transition_ms", lastTransitionMs);
    json.writeNumberField("timestamp_ms", timestampMs);
    json.writeNumberField("started_ms", startedMs);
    json.writeNumberField("ttl_ms", TTL_MS);
    json.writeObjectFieldStart("bus");
    json.writeBooleanField("enabled", bus.enabled());
    json.writeBooleanField("connected", bus.connected());
    JsonOut.text(json, "detail", Optional.of(bus.detail()));
    json.writeEndObject();
    json.writeObjectFieldStart("slots");
    for (Map.Entry<String, Slot> slot : slots.entrySet()) {
      json.writeObjectFieldStart(slot.getKey());
      json.writeStringField("state", slot.getValue().state().word());
      json.writeBooleanField("routable", slot.getValue().routable());
      json.writeStringField("reason", slot.getValue().reason().word());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
