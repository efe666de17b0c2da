package hal0.slots.reconcile;

import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecProblem;
import java.util.List;
import java.util.Optional;

/**
 * Which definition holds for a unit that runs: the one that it was started with, as far as that is
 * known. Pure.
 */
final class Running {
  private Running() {}

  /** What stands for the file of a slot that has none. */
  static SlotFile missing(String name) {
    return SlotFile.broken(
        name,
        List.of(
            new SpecProblem(
                "", 0, "there is no file slots/" + name + ".toml; its unit can be unloaded")));
  }

  static boolean isMissing(SlotFile file) {
    return file.equals(missing(file.name()));
  }

  /** A slot found live listens where its record says. */
  static SlotSpec atPort(SlotSpec spec, SlotRecord record) {
    boolean running = record.state().isLive() || record.state().isLoading();
    return running && record.port() > 0 && record.port() != spec.port()
        ? withPort(spec, record.port())
        : spec;
  }

  /**
   * After its file was read again: how it is probed follows the file at once, what it runs and
   * where does not.
   */
  static Optional<SlotSpec> following(
      Optional<SlotSpec> running, SlotFile read, boolean isRunning) {
    if (!isRunning || running.isEmpty()) {
      return read.spec();
    }
    return read.spec()
        .filter(spec -> spec.provider() == running.get().provider())
        .map(spec -> withPort(spec, running.get().port()))
        .or(() -> running);
  }

  private static SlotSpec withPort(SlotSpec spec, int port) {
    return new SlotSpec(
        spec.name(),
        spec.provider(),
        port,
        spec.backend(),
        spec.enabled(),
        spec.pinned(),
        spec.model(),
        spec.run(),
        spec.needs(),
        spec.probe(),
        spec.admission(),
        spec.idle(),
        spec.worker());
  }
}
