package hal0.slots.reconcile;

import hal0.slots.event.Evidence;
import hal0.slots.lifecycle.Lifecycle;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Keeps one slot's record: a transition is persisted, then published. Where the disk refuses, what
 * was observed is kept in memory all the same and saved later. For the slot's loop only.
 */
final class Chronicle {
  private static final System.Logger LOG = System.getLogger(Chronicle.class.getName());

  /** So long after it came or went, a request's trace is on disk. */
  private static final Duration AT_LEISURE = Duration.ofSeconds(1);

  private final FleetPorts ports;
  private SlotRecord record;
  private final Announcer announcer;
  private Optional<String> unsaved = Optional.empty();

  /** Since when the record on disk is behind by what need not be written at once. */
  private OptionalLong behindSince = OptionalLong.empty();

  Chronicle(FleetPorts ports, Announcer announcer, SlotRecord record) {
    this.ports = ports;
    this.announcer = announcer;
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
      Decision.Change change,
      String modelId,
      OptionalInt port,
      Optional<UnitStatus> unit,
      Optional<Long> loadMillis) {
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
    loadMillis.ifPresent(millis -> extra.put(Traffic.LOAD_MILLIS, millis));
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

  /** Which model the slot has after a transition. */
  String modelAfter(Decision.Change change, Facts facts) {
    if (change.to() == SlotState.OFFLINE) {
      return "";
    }
    boolean begins = change.to() == SlotState.STARTING || change.to() == SlotState.PULLING;
    if (facts.goal() instanceof Goal.Load load && begins) {
      return load.modelId();
    }
    // A run that this daemon did not start has the model of the drop-in, whatever was asked of the
    // one before.
    boolean another = change.to() == SlotState.STARTING || facts.isNewInvocation();
    String has = record.modelId();
    String written =
        another || has.isEmpty() ? ports.unitFiles().model(record.name()).orElse("") : has;
    return change.to() == SlotState.READY && written.isEmpty() ? facts.servedModel() : written;
  }

  /**
   * Saves a record, and takes it.
   *
   * @param must whether nothing may happen if it cannot be saved
   * @throws IOException if it must be saved and cannot be; the former record holds
   */
  void take(SlotRecord next, boolean must) throws IOException {
    if (Announcer.isFlip(record.state(), next.state())) {
      record = next;
      noteBehind();
      return;
    }
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
  void publish(SlotState from, Evidence known) {
    announcer.tell(record, from, known);
    LOG.log(
        Announcer.isFlip(from, record.state()) ? Level.DEBUG : Level.INFO,
        "{0}: {1} -> {2} ({3}) {4}",
        record.name(),
        from.word(),
        record.state().word(),
        record.reason().word(),
        record.message());
  }

  /**
   * Another message, or reason, for the same state; it is saved a little later.
   *
   * @return whether the reason is another now
   */
  boolean restate(Decision.Saying saying) {
    Reason reason = saying.reason().orElse(record.reason());
    boolean another = reason != record.reason();
    if (!another && saying.message().equals(record.message())) {
      return false;
    }
    if (another) {
      noteBehind();
    }
    record =
        new SlotRecord(
            record.name(),
            record.state(),
            record.modelId(),
            record.port(),
            record.updatedAt(),
            saying.message(),
            reason,
            record.extra());
    return another;
  }

  private void noteBehind() {
    if (behindSince.isEmpty()) {
      behindSince = OptionalLong.of(ports.clock().nanos());
    }
  }

  /** Whether something is left to be saved. */
  boolean isBehind() {
    return unsaved.isPresent() || behindSince.isPresent();
  }

  /** Saves what could not, or need not, be saved at once. */
  void saveAgain() {
    boolean due =
        behindSince.isPresent()
            && ports.clock().nanos() - behindSince.getAsLong() >= AT_LEISURE.toNanos();
    if (unsaved.isEmpty() && !due) {
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
    behindSince = OptionalLong.empty();
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
