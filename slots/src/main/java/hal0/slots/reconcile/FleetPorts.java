package hal0.slots.reconcile;

import hal0.slots.listener.PortUse;
import hal0.slots.probe.Probe;
import hal0.slots.pull.Pulls;
import hal0.slots.record.SlotStore;
import hal0.slots.room.Budget;
import hal0.slots.spec.SlotFile;
import hal0.slots.time.Clockwork;
import hal0.slots.unit.UnitFiles;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Everything that the reconciler reaches the world through.
 *
 * @param bootId another for each life of the daemon
 */
public record FleetPorts(
    UnitControl control,
    UnitWatch watch,
    Probe probe,
    SlotStore store,
    UnitFiles unitFiles,
    SlotFiles files,
    LogTail tail,
    PortUse use,
    Pulls pulls,
    Clockwork clock,
    String bootId) {

  /** Reads the slot files. */
  @FunctionalInterface
  public interface SlotFiles {
    /**
     * Every slot file as it is now, by the slot's name.
     *
     * @param isRunning whether a slot's unit runs: of two files with one port, that one keeps it
     */
    Map<String, SlotFile> read(Predicate<String> isRunning) throws IOException;

    /** What the machine has for the slots. */
    default Budget budget() {
      return Budget.UNLIMITED;
    }
  }

  /** Reads a unit's last words. */
  @FunctionalInterface
  public interface LogTail {
    /** The last lines of a run; never fails, ends within 2 s, empty when there are none. */
    CompletableFuture<List<String>> tail(UnitName unit, String invocationId);
  }
}
