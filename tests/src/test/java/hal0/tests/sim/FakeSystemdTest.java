package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.ActiveState;
import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.systemd.UnitWatch;
import hal0.tests.sim.FakeBus.CallFault;
import hal0.tests.sim.Program.Beginning;
import hal0.tests.sim.Program.Loading;
import hal0.tests.sim.Program.Stopping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The fake systemd does what facts of the real one say. */
class FakeSystemdTest {
  private static final UnitName CHAT = UnitName.ofSlot("chat");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final SimClockwork clock = new SimClockwork(7);
  private final MemoryUnitFiles files = new MemoryUnitFiles();
  private final List<String> heard = new ArrayList<>();
  private Program program = Program.wellBehaved();
  private final FakeSystemd systemd =
      new FakeSystemd(
          clock,
          7,
          files::files,
          (slot, definition) -> definition.isPresent() ? program : program.with(Loading.EXITS));
  private final Life life = new Life(clock, 1);
  private final FakeConnection connection = systemd.connect(life);

  private void define(String restart) throws Exception {
    SlotSpec spec =
        Slots.withRestart(
            Slots.of("chat", Provider.LLAMA_SERVER, 8101, "m"), restart, Duration.ofSeconds(1));
    files.open(new Life(clock, 99)).write(spec, Optional.of("m"));
    systemd.reload();
    connection.listen(
        new UnitWatch.Listener() {
          @Override
          public void changed(UnitName unit) {
            heard.add("changed");
          }

          @Override
          public void jobQueued(UnitName unit, int id, String type) {
            heard.add("queued " + (type.isEmpty() ? "?" : type));
          }

          @Override
          public void jobEnded(UnitName unit, int id, JobResult result) {
            heard.add("ended " + result.word());
          }

          @Override
          public void connected() {
            heard.add("connected");
          }

          @Override
          public void disconnected(String why) {
            heard.add("disconnected");
          }
        });
  }

  private <T> T await(CompletableFuture<T> answer) {
    assertThat(clock.runUntil(answer::isDone, Duration.ofMinutes(10))).isTrue();
    return answer.join();
  }

  private Throwable failure(CompletableFuture<?> answer) {
    assertThat(clock.runUntil(answer::isDone, Duration.ofMinutes(10))).isTrue();
    return answer.handle((value, thrown) -> thrown).join();
  }

  private UnitStatus status() {
    return await(connection.status(CHAT));
  }

  @Test
  void startsAndStopsAndForgetsWhatItWas() throws Exception {
    define("on-failure");
    assertThat(await(connection.start(CHAT, DEADLINE))).isEqualTo(JobResult.DONE);
    UnitStatus up = status();
    assertThat(up.activeState()).isEqualTo(ActiveState.ACTIVE);
    assertThat(up.mainPid()).isPositive();
    assertThat(up.invocationId()).hasSize(32);
    assertThat(await(connection.list())).containsExactly(CHAT);
    assertThat(await(connection.start(CHAT, DEADLINE))).isEqualTo(JobResult.DONE);
    assertThat(await(connection.stop(CHAT, DEADLINE))).isEqualTo(JobResult.DONE);
    assertThat(status())
        .usingRecursiveComparison()
        .ignoringFields("unitFileState")
        .isEqualTo(UnitStatus.absent(CHAT));
    assertThat(await(connection.list())).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(heard).startsWith("connected").contains("changed", "ended done");
  }

  @Test
  void restartsAfterAFailureUntilItsLimit() throws Exception {
    define("on-failure");
    await(connection.start(CHAT, DEADLINE));
    String first = status().invocationId();
    systemd.processEnds(CHAT, "signal", new UnitStatus.Exit(true, 9));
    assertThat(status().isAutoRestarting()).isTrue();
    assertThat(status().hasFailed()).isTrue();
    clock.advance(Duration.ofSeconds(2));
    assertThat(status().restarts()).isEqualTo(1);
    assertThat(status().isUp()).isTrue();
    assertThat(status().invocationId()).isNotEqualTo(first);
    program =
        program.with(Loading.EXITS).lasting(Duration.ZERO, Duration.ofMillis(10), Duration.ZERO);
    systemd.processEnds(CHAT, "signal", new UnitStatus.Exit(true, 9));
    clock.advance(Duration.ofSeconds(20));
    assertThat(status().activeState()).isEqualTo(ActiveState.FAILED);
    assertThat(status().result()).isEqualTo("start-limit-hit");
    assertThat(await(connection.start(CHAT, DEADLINE))).isEqualTo(JobResult.FAILED);
    program = Program.wellBehaved();
    await(connection.resetFailed(CHAT));
    assertThat(await(connection.start(CHAT, DEADLINE))).isEqualTo(JobResult.DONE);
  }

  @Test
  void aCleanEndIsForgottenUnlessItIsAlwaysRestarted() throws Exception {
    define("on-failure");
    await(connection.start(CHAT, DEADLINE));
    systemd.processEnds(CHAT, "success", new UnitStatus.Exit(false, 0));
    assertThat(status())
        .usingRecursiveComparison()
        .ignoringFields("unitFileState")
        .isEqualTo(UnitStatus.absent(CHAT));
    files
        .open(life)
        .write(
            Slots.withRestart(
                Slots.of("chat", Provider.LLAMA_SERVER, 8101, "m"),
                "always",
                Duration.ofSeconds(1)),
            Optional.of("m"));
    await(connection.reload());
    await(connection.start(CHAT, DEADLINE));
    systemd.processEnds(CHAT, "success", new UnitStatus.Exit(false, 0));
    assertThat(status().isAutoRestarting()).isTrue();
    assertThat(status().hasFailed()).isFalse();
    assertThat(await(connection.stop(CHAT, DEADLINE))).isEqualTo(JobResult.DONE);
    clock.advance(Duration.ofMinutes(1));
    assertThat(status())
        .usingRecursiveComparison()
        .ignoringFields("unitFileState")
        .isEqualTo(UnitStatus.absent(CHAT));
  }

  @Test
  void aStopCancelsAStartAndIsSeenAsAJob() throws Exception {
    define("on-failure");
    program = program.executedAfter(Duration.ofSeconds(5));
    CompletableFuture<JobResult> start = connection.start(CHAT, DEADLINE);
    clock.advance(Duration.ofSeconds(1));
    assertThat(status().activeState()).isEqualTo(ActiveState.ACTIVATING);
    systemd.person("stop", CHAT);
    assertThat(await(start)).isEqualTo(JobResult.CANCELED);
    clock.advance(Duration.ofSeconds(1));
    assertThat(heard).anyMatch(word -> word.equals("queued stop") || word.equals("queued ?"));
    assertThat(heard).contains("ended canceled", "ended done");
    assertThat(status().isDown()).isTrue();
  }

  @Test
  void sigtermThatIsIgnoredEndsInSigkillAndAFailure() throws Exception {
    define("on-failure");
    program = program.with(Stopping.IGNORES);
    await(connection.start(CHAT, DEADLINE));
    long before = clock.nanos();
    assertThat(await(connection.stop(CHAT, DEADLINE))).isEqualTo(JobResult.DONE);
    assertThat(Duration.ofNanos(clock.nanos() - before)).isGreaterThan(FakeUnit.STOP_TIMEOUT);
    assertThat(status().activeState()).isEqualTo(ActiveState.FAILED);
    assertThat(status().result()).isEqualTo("timeout");
  }

  @Test
  void killEndsAStopThatHangs() throws Exception {
    define("always");
    program = program.with(Stopping.IGNORES);
    await(connection.start(CHAT, DEADLINE));
    CompletableFuture<JobResult> stop = connection.stop(CHAT, DEADLINE);
    clock.advance(Duration.ofSeconds(2));
    await(connection.kill(CHAT));
    assertThat(await(stop)).isEqualTo(JobResult.DONE);
    assertThat(status().isDown()).isTrue();
  }

  @Test
  void startsThatCannotSucceedSayHow() throws Exception {
    define("no");
    program = program.with(Beginning.NO_EXEC);
    assertThat(await(connection.start(CHAT, DEADLINE))).isEqualTo(JobResult.FAILED);
    assertThat(status().exit()).contains(new UnitStatus.Exit(false, 203));
    program = program.with(Beginning.NO_DEPENDENCY);
    assertThat(await(connection.start(CHAT, DEADLINE))).isEqualTo(JobResult.DEPENDENCY);
    program = Program.wellBehaved().executedAfter(Duration.ofHours(1));
    assertThat(failure(connection.start(CHAT, Duration.ofSeconds(20))))
        .isInstanceOf(SystemdException.JobLate.class);
    clock.advance(FakeUnit.START_TIMEOUT);
    assertThat(status().result()).isEqualTo("timeout");
    systemd.templateInstalled(false);
    assertThat(failure(connection.start(CHAT, DEADLINE)))
        .isInstanceOf(SystemdException.NoSuchUnit.class);
  }

  @Test
  void aPersonsRestartIsOneJobAndANewInvocation() throws Exception {
    define("on-failure");
    await(connection.start(CHAT, DEADLINE));
    String first = status().invocationId();
    heard.clear();
    systemd.person("restart", CHAT);
    clock.advance(Duration.ofSeconds(5));
    assertThat(status().isUp()).isTrue();
    assertThat(status().invocationId()).isNotEqualTo(first);
    assertThat(status().restarts()).isZero();
    assertThat(heard.stream().filter(word -> word.startsWith("ended")))
        .containsExactly("ended done");
  }

  @Test
  void aNewDropInNeedsAReload() throws Exception {
    define("on-failure");
    files.open(life).write(Slots.of("chat", Provider.LLAMA_SERVER, 8101, "n"), Optional.of("n"));
    await(connection.start(CHAT, DEADLINE));
    assertThat(systemd.process(CHAT).orElseThrow().definition().flatMap(Definition::model))
        .contains("m");
    await(connection.reload());
    await(connection.stop(CHAT, DEADLINE));
    await(connection.start(CHAT, DEADLINE));
    assertThat(systemd.process(CHAT).orElseThrow().definition().flatMap(Definition::model))
        .contains("n");
  }

  @Test
  void aLostBusFailsCallsAndLosesSignalsUntilItIsBack() throws Exception {
    define("on-failure");
    clock.advance(Duration.ofSeconds(1));
    CompletableFuture<JobResult> start = connection.start(CHAT, DEADLINE);
    clock.advance(Duration.ofNanos(1));
    systemd.bus().fail();
    assertThat(failure(start)).isInstanceOf(SystemdException.BusDown.class);
    clock.advance(Duration.ofSeconds(5));
    assertThat(connection.isConnected()).isFalse();
    assertThat(failure(connection.status(CHAT))).isInstanceOf(SystemdException.BusDown.class);
    systemd.person("start", CHAT);
    clock.advance(Duration.ofSeconds(5));
    assertThat(heard).doesNotContain("changed").endsWith("disconnected");
    systemd.bus().recover();
    clock.advance(Duration.ofSeconds(5));
    assertThat(heard).endsWith("connected");
    assertThat(status().isUp()).isTrue();
  }

  @Test
  void spoiltCallsAndSignals() throws Exception {
    define("on-failure");
    systemd.bus().spoilCall(CallFault.DENIED);
    assertThat(failure(connection.start(CHAT, DEADLINE)))
        .isInstanceOf(SystemdException.AccessDenied.class);
    assertThat(systemd.acts()).isEmpty();
    systemd.bus().spoilCall(CallFault.ANSWER_LOST);
    assertThat(failure(connection.start(CHAT, DEADLINE)))
        .isInstanceOf(SystemdException.BusDown.class);
    assertThat(status().isUp()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    heard.clear();
    systemd.bus().spoilSignals(1000, 0, 0, Duration.ZERO);
    systemd.processEnds(CHAT, "success", new UnitStatus.Exit(false, 0));
    clock.advance(Duration.ofSeconds(10));
    assertThat(heard).isEmpty();
  }

  @Test
  void aDeadDaemonHearsNothingAndWhatItSentIsDone() throws Exception {
    define("on-failure");
    clock.advance(Duration.ofSeconds(1));
    heard.clear();
    CompletableFuture<JobResult> start = connection.start(CHAT, DEADLINE);
    life.end();
    clock.advance(Duration.ofMinutes(2));
    assertThat(start.isDone()).isFalse();
    assertThat(heard).isEmpty();
    assertThat(systemd.status(CHAT).isUp()).isTrue();
    assertThat(Map.copyOf(connection.told())).isEmpty();
  }
}
