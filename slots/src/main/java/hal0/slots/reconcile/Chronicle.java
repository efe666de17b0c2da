package hal0.slots.reconcile;

import hal0.slots.event.EventFeed;
import hal0.slots.lifecycle.Lifecycle;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Keeps one slot's record: a transition is persisted, then published. Where the disk refuses, what
 * was observed is kept in memory all the same and saved later. For the slot's loop only.
 */
final class Chronicle {
  private static final System.Logger LOG = System.getLogger(Chronicle.class.getName());

  private final FleetPorts ports;
  private SlotRecord record;
  private Optional<String> unsaved = Optional.empty();

  Chronicle(FleetPorts ports, SlotRecord record) {
    this.ports = ports;
    this.record = record;
  }

  SlotRecord record() {
    return record;
  }

  /** What the disk said when the record could not be saved; empty when it is saved. */
  Optional<String> unsaved() {
    return unsaved;
  }

  /**
   * Makes the record of a transition.
   *
   * @throws IllegalStateException if the table does not have it: a fault of the planner
   */
  SlotRecord next(
      Decision.Change change, String modelId, OptionalInt port, Optional<UnitStatus> unit) {
    if (!Lifecycle.allows(record.state(), change.to(), change.kind(), change.reason())) {
      throw new IllegalStateException(
          record.name() + ": not in the table: " + record.state() + " -> " + change);
    }
    Map<String, Object> extra = new HashMap<>(record.extra());
    unit.ifPresent(
        status -> {
          extra.put(Facts.INVOCATION, status.invocationId());
          extra.put(Facts.RESTARTS, status.restarts());
          extra.put(Facts.UNIT_DOWN, status.isDown());
        });
    return new SlotRecord(
        record.name(),
        change.to(),
        modelId,
        port.orElse(record.port()),
        ports.clock().now(),
        change.message(),
        change.reason(),
        extra);
  }

  /**
   * Saves a record, and takes it.
   *
   * @param must whether nothing may happen if it cannot be saved
   * @throws IOException if it must be saved and cannot be; the former record holds
   */
  void take(SlotRecord next, boolean must) throws IOException {
    try {
      ports.store().save(next);
      noteSaved();
    } catch (IOException e) {
      if (must) {
        throw e;
      }
      noteUnsaved(e);
    }
    record = next;
  }

  /** Tells what happened, after it was saved. */
  void publish(EventFeed feed, SlotState from) {
    feed.publish(
        record.updatedAt(),
        record.name(),
        from,
        record.state(),
        record.reason(),
        record.message(),
        record.modelId());
  }

  /** Another message for the same state; it is saved with the next transition. */
  void restate(String message) {
    record =
        new SlotRecord(
            record.name(),
            record.state(),
            record.modelId(),
            record.port(),
            record.updatedAt(),
            message,
            record.reason(),
            record.extra());
  }

  /** Another model for the same state, as the upstream says. */
  void retitle(String modelId) {
    record =
        new SlotRecord(
            record.name(),
            record.state(),
            modelId,
            record.port(),
            record.updatedAt(),
            record.message(),
            record.reason(),
            record.extra());
  }

  /** Tries again what could not be saved. */
  void saveAgain() {
    if (unsaved.isEmpty()) {
      return;
    }
    try {
      ports.store().save(record);
      noteSaved();
    } catch (IOException e) {
      noteUnsaved(e);
    }
  }

  private void noteSaved() {
    if (unsaved.isPresent()) {
      LOG.log(System.Logger.Level.INFO, "{0}: its state is saved again", record.name());
    }
    unsaved = Optional.empty();
  }

  private void noteUnsaved(IOException e) {
    String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (unsaved.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING, "{0}: its state cannot be saved: {1}", record.name(), said);
    }
    unsaved = Optional.of(said);
  }

  /** When the record's state was reached. */
  Instant since() {
    return record.updatedAt();
  }
}
