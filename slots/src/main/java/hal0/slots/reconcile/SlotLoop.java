package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.admission.Gate;
import hal0.slots.event.EventFeed;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
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
  private final FleetPorts ports;
  private final Clockwork clock;
  private final Mailbox mailbox;
  private final Board board = new Board();
  private final Chronicle chronicle;
  private final Workbench bench;
  private final Desk desk;
  private final Timing timing;
  private final Traffic traffic;
  private final Neighbourhood around;

  private SlotFile file;
  private Optional<SlotSpec> spec;
  private boolean drift;
  private boolean reconciled;
  private boolean closed;
  private volatile SlotView view;

  /** What a slot's loop tells the others. For any thread; returns at once. */
  interface Neighbourhood {
    /** What is shown of the slot has changed. */
    void changed();

    /** A request wants the slot loaded. */
    CompletableFuture<SlotView> wanted(String name);
  }

  SlotLoop(
      String name,
      FleetPorts ports,
      EventFeed feed,
      Neighbourhood around,
      SlotRecord record,
      SlotFile file) {
    this.name = name;
    this.ports = ports;
    this.around = around;
    this.clock = ports.clock();
    this.mailbox = new Mailbox(clock);
    this.chronicle =
        new Chronicle(ports, new Announcer(feed, clock, record, this::post), record);
    this.traffic = new Traffic(this, clock, record);
    this.bench = new Workbench(this, new StepRunner(UnitName.ofSlot(name), ports), ports);
    this.desk = new Desk(this, ports);
    this.timing = new Timing(clock, () -> post(this::round));
    this.file = file;
    this.spec = file.spec().map(one -> Running.atPort(one, record));
    if (record.state() == SlotState.UNLOADING) {
      desk.orders().resumeUnload();
    }
    timing.enter(record.state(), Optional.empty(), spec);
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
          if (closely || !read.equals(file)) {
            file = read;
            spec =
                Running.following(
                    spec, read, board.unit().filter(one -> !one.isDown()).isPresent());
            bench.unitFileIsDue();
            measureDrift();
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
      measureDrift();
    }
    round();
    board.judged();
    desk.takeParked();
  }

  void probed(ProbeResult result, String invocation) {
    boolean same = board.unit().filter(one -> one.invocationId().equals(invocation)).isPresent();
    if (same && spec.isPresent()) {
      SlotState state = chronicle.record().state();
      boolean calm = state.isLive() || (state == SlotState.ERROR && !facts().isNewInvocation());
      boolean excused = traffic.hasMovedSince(board.probedAt());
      board.probed(
          result, spec.get(), calm, excused, clock.now(), clock.nanos(), clock.random().nextDouble());
    }
    round();
  }

  void unitWritten() {
    measureDrift();
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

  Workbench bench() {
    return bench;
  }

  SlotFile file() {
    return file;
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

  /** Shuts the gate, unless a request came first. */
  boolean mayRetire() {
    return chronicle.record().state().isLive()
        && desk.orders().goal() instanceof Goal.None
        && traffic.gate().shutIfEmpty();
  }

  /** It was looked whether others use the upstream. */
  void looked(boolean used) {
    traffic.looked(used);
    round();
  }

  /** A request waits for the slot: it is loaded, unless that is under way. */
  void wake() {
    if (chronicle.record().state() == SlotState.OFFLINE) {
      around
          .wanted(name)
          .whenComplete(
              (loaded, failure) -> {
                if (failure != null) {
                  post(() -> traffic.loadRefused(failure));
                }
              });
    }
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
      decision.restate().ifPresent(this::restate);
      if (decision.change().isEmpty() || !change(decision.change().get())) {
        break;
      }
      desk.settle();
    }
    boolean moved = desk.settle();
    chronicle.saveAgain();
    if (decision.change().isEmpty()) {
      decision.steps().forEach(this::begin);
    }
    boolean isProbed = spec.isPresent() && chronicle.record().reason() != Reason.STOP_FAILED;
    reconciled |= board.isFresh() && (!isUp() || !isProbed || board.probe().isPresent());
    desk.orders().acceptAll(refreshView());
    timing.arm(decision, chronicle.isBehind());
    if (moved) {
      post(this::round);
    }
  }

  private Facts facts() {
    return new Facts(
        chronicle.record(),
        spec,
        desk.orders().goal(),
        board.unit(),
        board.isFresh() && board.isConnected(),
        board.isWatched(),
        board.hasSeenStart(),
        board.stopSeen(Facts.knownRestarts(chronicle.record())),
        board.probe(),
        board.failures(),
        board.noModelSince(),
        board.probedAt(),
        bench.running(),
        clock.nanos(),
        timing.deadline(),
        board.probeAt(),
        bench.isUnitFileDue(),
        traffic.facts());
  }

  private void restate(Decision.Saying saying) {
    boolean drained = isDraining();
    if (chronicle.restate(saying) && isDraining() && !drained) {
      beginDrain();
    }
  }

  private boolean isDraining() {
    SlotRecord now = chronicle.record();
    return now.state() == SlotState.SERVING && now.reason() == Reason.DRAINING;
  }

  private void beginDrain() {
    timing.drain(
        spec.map(SlotSpec::admission).orElse(SlotSpec.Admission.DEFAULT).drain());
  }

  private boolean change(Decision.Change change) {
    SlotRecord before = chronicle.record();
    boolean asked = change.to() == SlotState.STARTING && desk.orders().goal() instanceof Goal.Load;
    if (asked) {
      spec = file.spec().or(() -> spec);
    }
    OptionalInt port = spec.map(one -> OptionalInt.of(one.port())).orElse(OptionalInt.empty());
    traffic.entered(change.to());
    SlotRecord next =
        chronicle.next(change, modelAfter(change), port, board.unit(), traffic.loadMillis());
    try {
      chronicle.take(next, asked);
    } catch (IOException e) {
      String said = name + ": its state cannot be saved, so nothing was done: " + e.getMessage();
      desk.orders().giveUp().forEach(one -> one.refuse(new SlotException.NotSaved(name, said, e)));
      return false;
    }
    if (change.to() == SlotState.STARTING || change.to() == SlotState.UNLOADING) {
      desk.orders().begun();
    }
    timing.enter(change.to(), Optional.of(before.state()), spec);
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
    chronicle.publish(before.state());
    if (!change.to().isLive()) {
      traffic.gate().endAll(name + " is " + change.to().word() + ": " + change.message());
    }
    return true;
  }

  private String modelAfter(Decision.Change change) {
    String has = chronicle.record().modelId();
    if (change.to() == SlotState.OFFLINE) {
      return "";
    }
    if (desk.orders().goal() instanceof Goal.Load load && change.to() == SlotState.STARTING) {
      return load.modelId();
    }
    // A run that this daemon did not start has the model of the drop-in, whatever was asked of the
    // one before.
    boolean another = change.to() == SlotState.STARTING || facts().isNewInvocation();
    String written = another || has.isEmpty() ? ports.unitFiles().model(name).orElse("") : has;
    return change.to() == SlotState.READY && written.isEmpty() ? facts().servedModel() : written;
  }

  private void begin(Step step) {
    switch (step) {
      case OBSERVE -> bench.observe();
      case PROBE -> spec.ifPresent(this::beginProbe);
      case START -> beginStart();
      case STOP -> bench.stop();
      case KILL -> bench.kill();
      case WRITE_UNIT -> file.spec().ifPresent(bench::writeUnit);
      case LOOK -> bench.look(chronicle.record().port());
      case RETIRE -> post(() -> desk.take(Asked.unloadUnused(Reason.QUIET)));
      case END_REQUESTS -> {
        traffic.gate().endAll(name + " is being unloaded, and the time to finish is over");
        post(this::round);
      }
    }
  }

  private void beginProbe(SlotSpec of) {
    SlotState state = chronicle.record().state();
    String model = chronicle.record().modelId();
    String group = board.unit().map(UnitStatus::controlGroup).orElse("");
    String invocation = board.unit().map(UnitStatus::invocationId).orElse("");
    boolean settled = state.isLive() || state == SlotState.ERROR;
    bench.probe(new Probe.Request(of, !settled, model, group, !state.isLive()), invocation);
  }

  private void beginStart() {
    if (desk.orders().goal() instanceof Goal.Load load && spec.isPresent()) {
      bench.start(spec.get(), load, timing.left());
    }
  }

  private boolean isUp() {
    return board.unit().filter(UnitStatus::isUp).isPresent();
  }

  // What others see.

  private void measureDrift() {
    drift = isUp() && file.spec().isPresent() && ports.unitFiles().differs(file.spec().get());
  }

  /** Whether everything about this slot has been looked at once since the daemon's start. */
  boolean isReconciled() {
    return reconciled;
  }

  /** Whether there is anything to show: a file, a unit that runs, or a state other than offline. */
  boolean isWorthListing() {
    boolean hasFile = file.spec().isPresent() || !Running.isMissing(file);
    return hasFile
        || board.unit().filter(one -> !one.isDown()).isPresent()
        || view.state() != SlotState.OFFLINE;
  }

  private SlotView show() {
    boolean goes = desk.orders().goal() instanceof Goal.Unload;
    int inFlight = traffic.gate().inFlight();
    return Viewing.of(chronicle, file, spec, board, drift, goes, inFlight);
  }
}
