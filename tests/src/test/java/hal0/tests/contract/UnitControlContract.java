package hal0.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.ActiveState;
import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.tests.contract.UnitWorld.Behaviour;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for every {@link hal0.systemd.UnitControl} and {@link hal0.systemd.UnitWatch}: the
 * real, the simulated.
 */
abstract class UnitControlContract {
  static final Duration LONG = Duration.ofMinutes(5);
  static final Duration SHORT = Duration.ofMillis(300);
  private static final AtomicInteger SLOTS = new AtomicInteger();

  final Heard heard = new Heard();
  final String slot = "contract-" + SLOTS.incrementAndGet();
  final UnitName unit = UnitName.ofSlot(slot);
  UnitWorld world;

  /** A world of its own for one test: no slot defined, the template there, the bus up. */
  abstract UnitWorld open();

  @BeforeEach
  void begin() {
    world = open();
    world.watch().listen(heard);
    world.await("the bus", () -> heard.count("connected"), count -> count == 1);
  }

  @AfterEach
  void end() {
    world.close();
  }

  final <T> T answer(String what, CompletableFuture<T> future) {
    world.await(what, future::isDone, done -> done);
    try {
      return future.get();
    } catch (ExecutionException | InterruptedException failed) {
      throw new AssertionError(what + " failed", failed.getCause());
    }
  }

  /** The plain exception that a future ends with, as {@code handle} would see it. */
  final SystemdException refusal(String what, CompletableFuture<?> future) {
    world.await(what, future::isDone, done -> done);
    return (SystemdException) future.handle((value, thrown) -> thrown).join();
  }

  final UnitStatus status() {
    return answer("status of " + unit, world.control().status(unit));
  }

  final UnitStatus awaitStatus(String what, Predicate<UnitStatus> wanted) {
    return world.await(what, this::status, wanted);
  }

  final void define(Behaviour behaviour) {
    world.define(slot, behaviour);
    answer("reload", world.control().reload());
  }

  final JobResult start() {
    return answer("start", world.control().start(unit, LONG));
  }

  final JobResult stop() {
    return answer("stop", world.control().stop(unit, LONG));
  }

  @Test
  void startsAndStops() {
    define(Behaviour.RUNS);
    assertThat(status()).returns(true, UnitStatus::isDown).returns("", UnitStatus::invocationId);

    assertThat(start()).isEqualTo(JobResult.DONE);
    UnitStatus up = status();
    assertThat(up)
        .returns(true, UnitStatus::isUp)
        .returns(0, UnitStatus::restarts)
        .returns("success", UnitStatus::result);
    assertThat(up.mainPid()).isPositive();
    assertThat(up.invocationId()).matches("[0-9a-f]{32}");
    assertThat(up.exit()).isEmpty();
    assertThat(up.controlGroup()).endsWith("/" + unit);
    assertThat(answer("list", world.control().list())).contains(unit);

    assertThat(start()).as("a second start").isEqualTo(JobResult.DONE);
    assertThat(status().invocationId()).isEqualTo(up.invocationId());

    assertThat(stop()).isEqualTo(JobResult.DONE);
    assertThat(status())
        .returns(true, UnitStatus::isDown)
        .returns(false, UnitStatus::hasFailed)
        .returns(0, UnitStatus::mainPid);
    assertThat(stop()).as("a second stop").isEqualTo(JobResult.DONE);
  }

  @Test
  void tellsEachJobFromItsBeginningToItsEnd() {
    define(Behaviour.RUNS);
    start();
    stop();
    world.await(
        "both ends",
        () -> heard.words("ended", unit),
        ends -> ends.equals(List.of("done", "done")));
    List<Heard.Event> jobs = heard.of(unit).stream().filter(event -> event.job() != 0).toList();
    assertThat(jobs.stream().map(Heard.Event::event))
        .containsExactly("queued", "ended", "queued", "ended");
    assertThat(jobs.get(0).job())
        .isEqualTo(jobs.get(1).job())
        .isPositive()
        .isNotEqualTo(jobs.get(2).job());
    assertThat(jobs.get(0).word()).isIn("start", "");
    assertThat(jobs.get(2).word()).isIn("stop", "");
    assertThat(heard.count("changed")).isPositive();
  }

  @Test
  void saysThatAUnitIsMissing() {
    world.template(false);
    assertThat(refusal("start", world.control().start(unit, LONG)))
        .isInstanceOf(SystemdException.NoSuchUnit.class);
    assertThat(refusal("stop", world.control().stop(unit, LONG)))
        .isInstanceOf(SystemdException.NoSuchUnit.class);
    assertThat(status()).returns(true, UnitStatus::isDown);
    world.template(true);
  }

  @Test
  void saysThatAStartFailed() {
    define(Behaviour.NO_PROGRAM);
    assertThat(start()).isEqualTo(JobResult.FAILED);
    UnitStatus failed = awaitStatus("failure", UnitStatus::hasFailed);
    assertThat(failed.activeState()).isEqualTo(ActiveState.FAILED);
    assertThat(failed.result()).isEqualTo("exit-code");
    assertThat(failed.exit()).contains(new UnitStatus.Exit(false, 203));

    answer("reset", world.control().resetFailed(unit));
    awaitStatus("no failure", now -> now.isDown() && !now.hasFailed());
  }

  @Test
  void hasNothingAgainstNothingToDo() {
    define(Behaviour.RUNS);
    answer("reset", world.control().resetFailed(unit));
    answer("kill", world.control().kill(unit));
    answer("disable", world.control().disable(unit));
    answer("ping", world.control().ping(LONG));
    assertThat(answer("list", world.control().list())).doesNotContain(unit);
  }

  @Test
  void givesUpFollowingAJobAtItsDeadline() {
    define(Behaviour.NEVER_STARTS);
    assertThat(refusal("start", world.control().start(unit, SHORT)))
        .isInstanceOf(SystemdException.JobLate.class);
    UnitStatus starting = status();
    assertThat(starting.activeState()).isEqualTo(ActiveState.ACTIVATING);
    assertThat(starting.job().map(UnitStatus.Job::type)).contains("start");
    assertThat(starting.isDown()).isFalse();
    assertThat(stop()).isEqualTo(JobResult.DONE);
    awaitStatus("down", UnitStatus::isDown);
  }

  @Test
  void aStopCancelsAStart() {
    define(Behaviour.NEVER_STARTS);
    CompletableFuture<JobResult> start = world.control().start(unit, LONG);
    awaitStatus("activating", now -> now.activeState() == ActiveState.ACTIVATING);
    world.person("stop", unit);
    assertThat(answer("start", start)).isEqualTo(JobResult.CANCELED);
    awaitStatus("down", UnitStatus::isDown);
    world.await("the stop's end", () -> heard.words("ended", unit), ends -> ends.contains("done"));
    assertThat(heard.words("queued", unit)).last().isIn("stop", "");
  }

  @Test
  void tellsAPersonsStopBeforeTheUnitIsDown() {
    define(Behaviour.RUNS);
    start();
    world.await("the start", () -> heard.words("ended", unit), ends -> ends.size() == 1);
    world.person("stop", unit);
    world.await("the stop", () -> heard.words("ended", unit), ends -> ends.size() == 2);
    awaitStatus("down", UnitStatus::isDown);
    assertThat(heard.words("queued", unit)).hasSize(2).last().isIn("stop", "");
  }

  @Test
  void seesAKilledProcess() {
    define(Behaviour.RUNS);
    start();
    world.await("the start", () -> heard.words("ended", unit), ends -> ends.size() == 1);
    heard.clear();
    world.killMain(unit);
    world.await("a hint", () -> heard.words("changed", unit), hints -> !hints.isEmpty());
    UnitStatus failed = awaitStatus("failure", now -> now.activeState() == ActiveState.FAILED);
    assertThat(failed.result()).isEqualTo("signal");
    assertThat(failed.exit()).contains(new UnitStatus.Exit(true, 9));
    assertThat(failed.mainPid()).isZero();
    assertThat(heard.words("queued", unit)).as("jobs for a death").isEmpty();
  }

  @Test
  void killsEveryProcess() {
    define(Behaviour.IGNORES_STOP);
    start();
    assertThat(refusal("stop", world.control().stop(unit, SHORT)))
        .isInstanceOf(SystemdException.JobLate.class);
    assertThat(status().activeState()).isEqualTo(ActiveState.DEACTIVATING);
    answer("kill", world.control().kill(unit));
    UnitStatus down = awaitStatus("down", UnitStatus::isDown);
    assertThat(down.mainPid()).isZero();
    assertThat(down.controlGroup()).isEmpty();
  }

  @Test
  void seesSystemdRestartAUnit() {
    define(Behaviour.IS_RESTARTED);
    start();
    UnitStatus first = status();
    world.killMain(unit);
    UnitStatus second = awaitStatus("a restart", now -> now.restarts() == 1 && now.isUp());
    assertThat(second.invocationId()).isNotEqualTo(first.invocationId());
    assertThat(second.mainPid()).isNotEqualTo(first.mainPid());
    assertThat(second.restartDelay()).isEqualTo(Duration.ofMillis(100));
    assertThat(stop()).isEqualTo(JobResult.DONE);
  }

  @Test
  void aStartLimitHoldsUntilItIsTakenBack() {
    define(Behaviour.CRASHES);
    start();
    UnitStatus limited =
        awaitStatus(
            "the start limit",
            now -> now.activeState() == ActiveState.FAILED && now.job().isEmpty());
    assertThat(limited.restarts()).isPositive();
    assertThat(start()).as("a start beyond the limit").isEqualTo(JobResult.FAILED);
    answer("reset", world.control().resetFailed(unit));
    define(Behaviour.RUNS);
    assertThat(start()).as("a start after the reset").isEqualTo(JobResult.DONE);
    assertThat(stop()).isEqualTo(JobResult.DONE);
  }

  @Test
  void readsANewDefinitionAfterAReload() {
    define(Behaviour.NO_PROGRAM);
    world.define(slot, Behaviour.RUNS);
    CompletableFuture<Void> one = world.control().reload();
    CompletableFuture<Void> other = world.control().reload();
    answer("reload", one);
    answer("another reload", other);
    assertThat(start()).isEqualTo(JobResult.DONE);
    assertThat(stop()).isEqualTo(JobResult.DONE);
  }

  @Test
  void linksAUnitIntoTheBoot() {
    define(Behaviour.RUNS);
    assertThat(status().unitFileState()).isEqualTo("disabled");
    answer("enable", world.control().enable(unit));
    answer("enable again", world.control().enable(unit));
    awaitStatus("enabled", now -> now.unitFileState().equals("enabled"));
    answer("disable", world.control().disable(unit));
    answer("disable again", world.control().disable(unit));
    awaitStatus("disabled", now -> now.unitFileState().equals("disabled"));
  }

  @Test
  void survivesTheBus() {
    define(Behaviour.NEVER_STARTS);
    CompletableFuture<JobResult> followed = world.control().start(unit, LONG);
    awaitStatus("activating", now -> now.activeState() == ActiveState.ACTIVATING);

    world.bus(false);
    world.await("the loss", () -> heard.count("disconnected"), count -> count == 1);
    assertThat(world.watch().isConnected()).isFalse();
    assertThat(refusal("the job", followed)).isInstanceOf(SystemdException.BusDown.class);
    assertThat(refusal("status", world.control().status(unit)))
        .isInstanceOf(SystemdException.BusDown.class);
    assertThat(refusal("stop", world.control().stop(unit, LONG)))
        .isInstanceOf(SystemdException.BusDown.class);
    assertThat(refusal("ping", world.control().ping(LONG)))
        .isInstanceOf(SystemdException.BusDown.class);
    heard.clear();

    world.bus(true);
    world.await("the bus", () -> heard.count("connected"), count -> count == 1);
    assertThat(world.watch().isConnected()).isTrue();
    assertThat(status().activeState()).isEqualTo(ActiveState.ACTIVATING);
    assertThat(stop()).isEqualTo(JobResult.DONE);
    world.await("signals", () -> heard.words("ended", unit), ends -> ends.contains("done"));
    assertThat(heard.count("disconnected")).isZero();
  }

  @Test
  void unitsDoNotWaitForEachOther() {
    define(Behaviour.NEVER_STARTS);
    CompletableFuture<JobResult> stuck = world.control().start(unit, LONG);
    List<String> others = List.of(slot + "-a", slot + "-b", slot + "-c", slot + "-d");
    others.forEach(other -> world.define(other, Behaviour.RUNS));
    answer("reload", world.control().reload());
    List<CompletableFuture<JobResult>> starts =
        others.stream().map(other -> world.control().start(UnitName.ofSlot(other), LONG)).toList();
    starts.forEach(start -> assertThat(answer("start", start)).isEqualTo(JobResult.DONE));
    assertThat(stuck).isNotDone();
    assertThat(answer("list", world.control().list()))
        .containsAll(others.stream().map(UnitName::ofSlot).toList());
    others.forEach(other -> answer("stop", world.control().stop(UnitName.ofSlot(other), LONG)));
    assertThat(stop()).isEqualTo(JobResult.DONE);
    assertThat(answer("start", stuck)).isEqualTo(JobResult.CANCELED);
  }
}
