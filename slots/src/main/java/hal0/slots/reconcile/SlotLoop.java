package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.admission.Gate;
import hal0.slots.event.EventFeed;
import hal0.slots.event.Evidence;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.ProbeResult;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotFile;
import hal0.slots.time.Clockwork;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * One slot's loop, the only writer of its record: what happens enters its mailbox, the planner
 * decides, transitions are persisted and published, steps are begun. {@link #view()} is for any
 * thread.
 */
final class SlotLoop {
  /** More transitions than this without anything from outside would be a circle in the planner. */
  private static final int MOST_CHANGES = 12;

  private final String name;
  private final Clockwork clock;
  private final Mailbox mailbox;
  private final Board board = new Board();
  private final Chronicle chronicle;
  private final Workbench bench;
  private final Desk desk;
  private final Timing timing;
  private final Traffic traffic;
  private final Provisions provisions;
  private final Neighbourhood around;

  private final Defined defined;

  private boolean reconciled;
  private boolean closed;
  private volatile SlotView view;

  SlotLoop(
      String name,
      FleetPorts ports,
      EventFeed feed,
      Neighbourhood around,
      SlotRecord record,
      SlotFile file) {
    this.name = name;
    this.around = around;
    this.clock = ports.clock();
    this.mailbox = new Mailbox(clock);
    this.chronicle = new Chronicle(ports, new Announcer(feed, clock, record, this::post), record);
    this.traffic = new Traffic(this, around, clock, record);
    this.provisions = new Provisions(this, ports.pulls());
    this.bench = new Workbench(this, new StepRunner(UnitName.ofSlot(name), ports), ports);
    this.desk = new Desk(this, ports);
    this.timing = new Timing(clock, () -> post(this::round));
    this.defined = new Defined(ports.unitFiles(), file, record);
    if (record.state() == SlotState.UNLOADING) {
      desk.orders().resumeUnload();
    } else if (record.state() == SlotState.PULLING) {
      desk.orders().resumeLoad(record.modelId());
    }
    timing.enter(record.state(), Optional.empty(), defined.spec());
    this.view = show();
    traffic.follow(view);
  }

  String name() {
    return name;
  }

  /** The slot as it is known now. Never blocks. */
  SlotView view() {
    return view.withInFlight(traffic.gate().inFlight());
  }

  /** Where its requests come in. */
  Gate gate() {
    return traffic.gate();
  }

  void post(Runnable message) {
    mailbox.post(message);
  }

  // What comes in, on any thread.

  void connected() {
    post(
        () -> {
          board.connected();
          bench.observe();
        });
  }

  void disconnected() {
    post(
        () -> {
          board.disconnected();
          round();
        });
  }

  void hint() {
    post(bench::observe);
  }

  void jobQueued(int id, String type) {
    post(
        () -> {
          if (!desk.orders().isStopOurs() && chronicle.record().state() != SlotState.OFFLINE) {
            board.jobQueued(id, type);
          }
          bench.observe();
        });
  }

  void jobEnded(int id, JobResult result) {
    post(
        () -> {
          board.jobEnded(id, result);
          bench.observe();
        });
  }

  void ask(Asked asked) {
    post(() -> desk.take(asked));
  }

  /**
   * The slot's file was read again; {@code closely}: what it points to may have changed as well.
   */
  CompletableFuture<Void> define(SlotFile read, boolean closely) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    post(
        () -> {
          if (closely || !read.equals(defined.file())) {
            defined.read(read, board.unit().filter(one -> !one.isDown()).isPresent());
            bench.unitFileIsDue();
            defined.measureDrift(isUp());
          }
          round();
          done.complete(null);
        });
    return done;
  }

  /** Ends the loop: nothing is done any more, and who waits is told. */
  CompletableFuture<Void> close(SlotException why) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    post(
        () -> {
          closed = true;
          timing.stop();
          bench.giveProbeUp();
          bench.giveStartUp();
          provisions.giveUp();
          desk.close(why);
          done.complete(null);
        });
    return done;
  }

  // What steps bring, in the loop.

  void unitRead(UnitStatus status) {
    String before = board.unit().map(UnitStatus::invocationId).orElse("");
    boolean wasUp = board.unit().filter(UnitStatus::isUp).isPresent();
    if (!board.isConnected()) {
      return;
    }
    board.read(status, clock.now(), clock.nanos());
    if (!status.invocationId().equals(before)) {
      bench.giveProbeUp();
    }
    if (wasUp != status.isUp() || !status.invocationId().equals(before)) {
      defined.measureDrift(isUp());
    }
    round();
    board.judged();
    desk.takeParked();
  }

  void probed(ProbeResult result, String invocation) {
    boolean same = board.unit().filter(one -> one.invocationId().equals(invocation)).isPresent();
    if (same && defined.spec().isPresent()) {
      SlotState state = chronicle.record().state();
      boolean calm = state.isLive() || (state == SlotState.ERROR && !facts().isNewInvocation());
      boolean excused = traffic.hasMovedSince(board.probedAt());
      board.probed(
          result,
          defined.spec().get(),
          calm,
          excused,
          clock.now(),
          clock.nanos(),
          clock.random().nextDouble());
    }
    round();
  }

  void unitWritten() {
    defined.measureDrift(isUp());
    round();
  }

  boolean isConnected() {
    return board.isConnected();
  }

  Board board() {
    return board;
  }

  Orders orders() {
    return desk.orders();
  }

  Chronicle chronicle() {
    return chronicle;
  }

  Defined defined() {
    return defined;
  }

  Traffic traffic() {
    return traffic;
  }

  Provisions provisions() {
    return provisions;
  }

  Desk desk() {
    return desk;
  }

  Workbench bench() {
    return bench;
  }

  boolean isClosed() {
    return closed;
  }

  Timing timing() {
    return timing;
  }

  /** Makes what is known now visible. */
  SlotView refreshView() {
    SlotView before = view;
    view = show();
    traffic.follow(view);
    if (!view.tellsTheSame(before)) {
      around.changed();
    }
    return view;
  }

  // The loop itself.

  /** Decides until nothing changes, then begins the steps. */
  void round() {
    if (closed) {
      return;
    }
    Decision decision = Decision.rest();
    for (int changes = 0; changes < MOST_CHANGES; changes++) {
      decision = Planner.decide(facts());
      boolean restated = decision.restate().filter(this::restate).isPresent();
      if (decision.change().isPresent() ? !change(decision.change().get()) : !restated) {
        break;
      }
      desk.settle();
    }
    boolean moved = desk.settle();
    chronicle.saveAgain();
    if (decision.change().isEmpty()) {
      decision.steps().forEach(bench::begin);
    }
    boolean isProbed =
        defined.spec().isPresent() && chronicle.record().reason() != Reason.STOP_FAILED;
    reconciled |= board.isFresh() && (!isUp() || !isProbed || board.probe().isPresent());
    SlotView seen = refreshView();
    if (!bench.running().contains(Step.SURVEY)) {
      desk.orders().acceptAll(seen);
    }
    timing.arm(decision, chronicle.isBehind());
    if (moved) {
      post(this::round);
    }
  }

  private Facts facts() {
    return Gathering.of(this, clock.nanos());
  }

  /** Whether it has another reason now, from which more may follow. */
  private boolean restate(Decision.Saying saying) {
    boolean another = chronicle.restate(saying);
    if (another && isDraining()) {
      beginDrain();
    }
    return another;
  }

  private boolean isDraining() {
    SlotRecord now = chronicle.record();
    return now.state() == SlotState.SERVING && now.reason() == Reason.DRAINING;
  }

  private void beginDrain() {
    timing.drain(defined.admission().drain());
  }

  private boolean change(Decision.Change change) {
    SlotRecord before = chronicle.record();
    Evidence known = new Evidence(board.unit(), board.probe(), desk.orders().told());
    boolean begins = change.to() == SlotState.STARTING || change.to() == SlotState.PULLING;
    boolean asked = begins && desk.orders().goal() instanceof Goal.Load;
    if (asked) {
      defined.begins();
    }
    OptionalInt port =
        defined.spec().map(one -> OptionalInt.of(one.port())).orElse(OptionalInt.empty());
    traffic.entered(change.to());
    SlotRecord next =
        chronicle.next(
            change,
            chronicle.modelAfter(change, facts()),
            port,
            board.unit(),
            traffic.loadMillis());
    try {
      chronicle.take(next, asked);
    } catch (IOException e) {
      String said = name + ": its state cannot be saved, so nothing was done: " + e.getMessage();
      desk.orders().giveUp().forEach(one -> one.refuse(new SlotException.NotSaved(name, said, e)));
      provisions.unsaved(before.state());
      return false;
    }
    if (begins || change.to() == SlotState.UNLOADING) {
      desk.orders().begun();
    }
    timing.enter(change.to(), Optional.of(before.state()), defined.spec());
    provisions.entered(before.state(), change.to());
    if (isDraining()) {
      beginDrain();
    }
    if (change.to() == SlotState.OFFLINE || change.to() == SlotState.STARTING) {
      board.runOver();
    }
    if (change.to().isLoading() || change.to().isLive() != before.state().isLive()) {
      board.countAnew();
    }
    refreshView();
    chronicle.publish(before.state(), known);
    if (!change.to().isLive()) {
      traffic.gate().endAll(name + " is " + change.to().word() + ": " + change.message());
    }
    return true;
  }

  private boolean isUp() {
    return board.unit().filter(UnitStatus::isUp).isPresent();
  }

  // What others see.

  /** Whether everything about this slot has been looked at once since the daemon's start. */
  boolean isReconciled() {
    return reconciled;
  }

  /** Whether there is anything to show: a file, a unit that runs, or a state other than offline. */
  boolean isWorthListing() {
    return Viewing.isWorthListing(defined.file(), board.unit(), view.state());
  }

  private SlotView show() {
    boolean goes = desk.orders().goal() instanceof Goal.Unload;
    int inFlight = traffic.gate().inFlight();
    return Viewing.of(chronicle, defined, board, goes, inFlight, provisions.progress());
  }
}
