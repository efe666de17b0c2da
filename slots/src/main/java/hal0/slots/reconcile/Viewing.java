package hal0.slots.reconcile;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.ProbeResult;
import hal0.slots.pull.Progress;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitStatus;
import java.util.List;
import java.util.Optional;

/** Takes a slot's facts together for whoever looks. Pure. */
final class Viewing {
  private Viewing() {}

  /**
   * @param goes whether it is to be unloaded
   * @param pull how far what it lacks has come
   */
  static SlotView of(
      Chronicle chronicle,
      Defined defined,
      Board board,
      boolean goes,
      int inFlight,
      Optional<Progress> pull) {
    SlotFile file = defined.file();
    Optional<SlotSpec> running = defined.spec();
    SlotRecord record = chronicle.record();
    boolean up = board.unit().filter(UnitStatus::isUp).isPresent();
    Optional<SlotSpec> shown = file.spec().or(() -> running);
    int filePort = shown.map(SlotSpec::port).orElse(record.port());
    String unsaved = chronicle.unsaved().map(said -> " (not saved: " + said + ")").orElse("");
    return new SlotView(
        record.name(),
        record.state(),
        record.reason(),
        record.message() + unsaved,
        record.modelId(),
        shown,
        up ? running.map(SlotSpec::port).orElse(filePort) : filePort,
        up ? board.probe().map(ProbeResult::models).orElse(List.of()) : List.of(),
        up && !goes && board.isConfirmed() && isRoutable(record),
        inFlight,
        record.updatedAt(),
        board.unit(),
        board
            .probe()
            .map(
                result ->
                    new SlotView.LastProbe(
                        result, board.probedOn().orElseThrow(), board.failures())),
        defined.drift(),
        file.error(),
        !board.isConnected() || !board.isFresh(),
        board.observedAt(),
        pull);
  }

  static boolean isWorthListing(SlotFile file, Optional<UnitStatus> unit, SlotState state) {
    boolean hasFile = file.spec().isPresent() || !Running.isMissing(file);
    return hasFile || unit.filter(one -> !one.isDown()).isPresent() || state != SlotState.OFFLINE;
  }

  private static boolean isRoutable(SlotRecord record) {
    boolean quiet = record.state() == SlotState.IDLE && record.reason() == Reason.QUIET;
    boolean serves = record.state() == SlotState.READY || record.state() == SlotState.SERVING;
    return quiet || (serves && record.reason() != Reason.DRAINING);
  }
}
