package hal0.slots.reconcile;

import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.unit.UnitFiles;
import java.util.Optional;

/**
 * How one slot is defined: what its file says now, and what holds for the unit that runs. For the
 * slot's loop only.
 */
final class Defined {
  private final UnitFiles unitFiles;
  private SlotFile file;
  private Optional<SlotSpec> spec;
  private boolean drift;

  Defined(UnitFiles unitFiles, SlotFile file, SlotRecord record) {
    this.unitFiles = unitFiles;
    this.file = file;
    this.spec = file.spec().map(one -> Running.atPort(one, record));
  }

  /** What its file says now. */
  SlotFile file() {
    return file;
  }

  /** What holds for the unit that runs; what its file says where none does. */
  Optional<SlotSpec> spec() {
    return spec;
  }

  /** Its requests' limits. */
  SlotSpec.Admission admission() {
    return spec.map(SlotSpec::admission).orElse(SlotSpec.Admission.DEFAULT);
  }

  /** Whether the running unit was started from another definition than the file's. */
  boolean drift() {
    return drift;
  }

  /** Its file was read again. */
  void read(SlotFile read, boolean isRunning) {
    file = read;
    spec = Running.following(spec, read, isRunning);
  }

  /** Its unit is started, from what the file says now. */
  void begins() {
    spec = file.spec().or(() -> spec);
  }

  /** The unit, its drop-in or the file may have changed. */
  void measureDrift(boolean isUp) {
    drift = isUp && file.spec().isPresent() && unitFiles.differs(file.spec().get());
  }
}
