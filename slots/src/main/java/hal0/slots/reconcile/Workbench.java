package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The steps of one slot that are under way: one of a kind. Their results come back through the
 * slot's mailbox. For the slot's loop only.
 */
final class Workbench {
  private static final System.Logger LOG = System.getLogger(Workbench.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final SlotLoop loop;
  private final StepRunner runner;
  private final FleetPorts ports;
  private final Set<Step> running = EnumSet.noneOf(Step.class);
  private AtomicBoolean startGiven = new AtomicBoolean();
  private Optional<CompletableFuture<ProbeResult>> probe = Optional.empty();
  private int probes;
  private final AtomicInteger reads = new AtomicInteger();
  private int taken;
  private boolean observeAgain;
  private boolean unitFileDue = true;
  private boolean stopPaused;

  Workbench(SlotLoop loop, StepRunner runner, FleetPorts ports) {
    this.loop = loop;
    this.runner = runner;
    this.ports = ports;
  }

  /** What is under way, as it is now. */
  Set<Step> running() {
    Set<Step> copy = EnumSet.noneOf(Step.class);
    copy.addAll(running);
    if (stopPaused) {
      copy.add(Step.STOP);
    }
    loop.provisions().addTo(copy);
    return Collections.unmodifiableSet(copy);
  }

  /** Begins a step, unless it is under way. */
  void begin(Step step) {
    switch (step) {
      case OBSERVE -> observe();
      case PROBE -> loop.defined().spec().ifPresent(this::probe);
      case START -> start();
      case STOP -> stop();
      case KILL -> kill();
      case WRITE_UNIT -> loop.defined().file().spec().ifPresent(this::writeUnit);
      case LOOK -> look(loop.chronicle().record().port());
      case RETIRE ->
          loop.post(
              () ->
                  loop.desk()
                      .take(Asked.unloadUnused(Reason.QUIET, "unloaded: not used for a while")));
      case END_REQUESTS -> loop.traffic().endAll();
      case SURVEY -> loop.provisions().survey();
      case PULL -> loop.provisions().pull();
    }
  }

  private void probe(SlotSpec of) {
    SlotState state = loop.chronicle().record().state();
    String model = loop.chronicle().record().modelId();
    String group = loop.board().unit().map(UnitStatus::controlGroup).orElse("");
    String invocation = loop.board().unit().map(UnitStatus::invocationId).orElse("");
    boolean settled = state.isLive() || state == SlotState.ERROR;
    probe(new Probe.Request(of, !settled, model, group, !state.isLive()), invocation);
  }

  private void start() {
    if (loop.orders().goal() instanceof Goal.Load load && loop.defined().spec().isPresent()) {
      start(loop.defined().spec().get(), load, loop.timing().left());
    }
  }

  boolean isUnitFileDue() {
    return unitFileDue;
  }

  /** The drop-in may be behind the file. */
  void unitFileIsDue() {
    unitFileDue = true;
  }

  /** A start that is under way is no longer wanted. */
  void giveStartUp() {
    startGiven.set(true);
  }

  /** Reads the unit's status; if that is under way, once more after it. */
  void observe() {
    if (!running.add(Step.OBSERVE)) {
      observeAgain = true;
      return;
    }
    then(read(), this::observed);
  }

  /**
   * Reads the unit's status, and remembers in which order reads were asked for: answers may
   * overtake each other.
   */
  private CompletableFuture<Read> read() {
    int number = reads.incrementAndGet();
    return runner.observe().thenApply(status -> new Read(number, status));
  }

  private void take(Read read) {
    if (read.number() > taken) {
      taken = read.number();
      loop.unitRead(read.status());
    } else {
      loop.round();
    }
  }

  private void observed(Read read, Throwable failure) {
    running.remove(Step.OBSERVE);
    if (failure == null) {
      take(read);
    } else if (loop.isConnected()) {
      LOG.log(System.Logger.Level.DEBUG, "status of " + loop.name(), failure);
      ports.clock().schedule(PAUSE.multipliedBy(5), () -> loop.post(this::observe));
    }
    if (observeAgain) {
      observeAgain = false;
      observe();
    }
  }

  private void probe(Probe.Request request, String invocation) {
    if (!running.add(Step.PROBE)) {
      return;
    }
    CompletableFuture<ProbeResult> asked = runner.probe(request);
    probe = Optional.of(asked);
    int number = ++probes;
    then(
        asked,
        (result, failure) -> {
          if (probe.isEmpty() || number != probes) {
            return;
          }
          probe = Optional.empty();
          running.remove(Step.PROBE);
          if (result != null) {
            loop.probed(result, invocation);
          }
        });
  }

  /** What is being asked is asked of a process that is no more. */
  void giveProbeUp() {
    probe.ifPresent(
        asked -> {
          probe = Optional.empty();
          running.remove(Step.PROBE);
          asked.cancel(true);
        });
  }

  private void start(SlotSpec spec, Goal.Load load, Duration limit) {
    if (running.contains(Step.START)
        || running.contains(Step.WRITE_UNIT)
        || running.contains(Step.STOP)) {
      return;
    }
    running.add(Step.START);
    AtomicBoolean given = new AtomicBoolean();
    startGiven = given;
    loop.orders().advance(load.from(loop.board().unit().map(UnitStatus::invocationId).orElse("")));
    Consumer<Outcome<JobResult>> report = outcome -> loop.post(() -> started(outcome, given));
    withStatus(runner.start(spec, load.modelId(), limit, given), report);
  }

  private void started(Outcome<JobResult> outcome, AtomicBoolean given) {
    running.remove(Step.START);
    if (!given.get() && loop.orders().goal() instanceof Goal.Load load) {
      loop.orders().advance(after(load, outcome));
    }
    if (outcome.failure().isEmpty()) {
      unitFileDue = false;
    }
    outcome.read().ifPresentOrElse(this::take, loop::round);
  }

  private static Goal.Load after(Goal.Load load, Outcome<JobResult> outcome) {
    if (outcome.failure().isPresent()) {
      Throwable failure = outcome.failure().get();
      return StepRunner.isBusLoss(failure)
          ? load.with(Goal.Start.UNKNOWN)
          : load.failed(StepRunner.startFailure(failure));
    }
    if (outcome.read().isEmpty()) {
      return load.with(Goal.Start.UNKNOWN);
    }
    JobResult result = outcome.result().orElseThrow();
    return result == JobResult.DONE
        ? load.with(Goal.Start.DONE)
        : load.failed(StepRunner.startFailure(result, outcome.read().get().status()));
  }

  private void stop() {
    if (stopPaused || !running.add(Step.STOP)) {
      return;
    }
    giveStartUp();
    withStatus(runner.stop(), outcome -> loop.post(() -> stopped(outcome)));
  }

  private void stopped(Outcome<JobResult> outcome) {
    running.remove(Step.STOP);
    if (loop.orders().goal() instanceof Goal.Unload unload) {
      loop.orders().advance(after(unload, outcome));
    }
    unitFileDue = true;
    stopPaused = true;
    ports.clock().schedule(PAUSE, () -> loop.post(this::stopAgain));
    outcome.read().ifPresentOrElse(this::take, loop::round);
  }

  /**
   * A stop that left something is not made again at once: whatever stood in its way needs a moment.
   */
  private void stopAgain() {
    stopPaused = false;
    loop.round();
  }

  private static Goal.Unload after(Goal.Unload unload, Outcome<JobResult> outcome) {
    return switch (outcome.failure().map(StepRunner::cause).orElse(null)) {
      case null -> unload;
      case SystemdException.JobLate late -> unload.asLate();
      case SystemdException.AccessDenied denied -> unload.refused(denied.getMessage());
      default -> unload;
    };
  }

  private void kill() {
    if (running.add(Step.KILL)) {
      then(
          runner.kill(),
          (done, failure) -> {
            running.remove(Step.KILL);
            if (loop.orders().goal() instanceof Goal.Unload unload && failure == null) {
              loop.orders().advance(unload.asKilled());
            }
            observe();
          });
    }
  }

  private void writeUnit(SlotSpec spec) {
    if (running.contains(Step.START) || !running.add(Step.WRITE_UNIT)) {
      return;
    }
    unitFileDue = false;
    then(
        runner.writeUnit(spec, spec.model().id().orElse("")),
        (changed, failure) -> {
          running.remove(Step.WRITE_UNIT);
          if (failure != null) {
            unitNotWritten(StepRunner.cause(failure));
          }
          loop.unitWritten();
        });
  }

  private void unitNotWritten(Throwable failure) {
    System.Logger.Level level =
        failure instanceof SlotException ? System.Logger.Level.INFO : System.Logger.Level.WARNING;
    LOG.log(level, "{0}: its unit is not up to date: {1}", loop.name(), failure.getMessage());
    if (!(failure instanceof SlotException)) {
      ports
          .clock()
          .schedule(
              RETRY,
              () ->
                  loop.post(
                      () -> {
                        unitFileDue = true;
                        loop.round();
                      }));
    }
  }

  /** Looks whether somebody uses the upstream without asking us. */
  private void look(int port) {
    if (running.add(Step.LOOK)) {
      CompletableFuture<Boolean> looking = new CompletableFuture<>();
      ports.clock().execute(() -> looking.complete(ports.use().isUsedByOthers(port)));
      then(
          looking,
          (used, failure) -> {
            running.remove(Step.LOOK);
            loop.traffic().looked(used != null && used);
            loop.round();
          });
    }
  }

  /** What came of a job, and how the unit was right after it. */
  private record Outcome<T>(Optional<T> result, Optional<Throwable> failure, Optional<Read> read) {}

  /** What systemd said, and the how-manieth question that answers. */
  private record Read(int number, UnitStatus status) {}

  private <T> void withStatus(CompletableFuture<T> step, Consumer<Outcome<T>> report) {
    step.whenComplete(
        (result, failure) ->
            read()
                .whenComplete(
                    (status, none) ->
                        report.accept(
                            new Outcome<>(
                                Optional.ofNullable(result),
                                Optional.ofNullable(failure),
                                Optional.ofNullable(status)))));
  }

  private interface Result<T> {
    void take(T value, Throwable failure);
  }

  private <T> void then(CompletableFuture<T> step, Result<T> result) {
    step.whenComplete((value, failure) -> loop.post(() -> result.take(value, failure)));
  }
}
