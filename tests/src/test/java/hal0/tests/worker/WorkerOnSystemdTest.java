package hal0.tests.worker;

import static hal0.tests.worker.TrialWorker.LONG;
import static hal0.tests.worker.TrialWorker.chat;
import static hal0.tests.worker.TrialWorker.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerChannel;
import hal0.slots.worker.WorkerException;
import hal0.slots.worker.WorkerSockets;
import hal0.systemd.UnitFile;
import hal0.tests.bed.Await;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What systemd makes of what a worker tells it. */
@RealSystemd
class WorkerOnSystemdTest {
  /** Long enough for a machine on which nothing runs for seconds, and for what must not happen. */
  private static final int PATIENT_WATCHDOG_S = 8;

  private static final int SLOW_MS = 20_000;
  private static final Duration VERY_LONG = Duration.ofMinutes(3);

  private static PrivateSystemd systemd;

  @BeforeAll
  static void start() {
    systemd = PrivateSystemd.start();
  }

  @AfterAll
  static void end() {
    systemd.close();
  }

  @Test
  void itsStartLastsUntilTheModelIsLoadedAndTellsOfIt() throws Exception {
    Path go = systemd.home().resolve("go");
    unit("loads", "{\"load_ms\":500,\"load_until\":\"" + go + "\"}", "");
    systemd.systemctl("start", "--no-block", "loads.service").orThrow();
    Await.until("its progress", LONG, () -> property("loads", "StatusText").startsWith("m: "));
    assertThat(property("loads", "ActiveState")).isEqualTo("activating");
    Files.createFile(go);
    await("loads", "ActiveState", "active");
    Await.until("its word", LONG, () -> property("loads", "StatusText").equals("m is loaded"));
    systemd.systemctl("stop", "loads.service").orThrow();
    assertThat(property("loads", "Result")).isEqualTo("success");
    assertThat(property("loads", "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void aLoadThatFailsSaysWhyAndIsNeverReady() {
    unit("fails", "{\"fail_load\":\"the disk is gone\"}", "");
    systemd.systemctl("start", "--no-block", "fails.service").orThrow();
    Await.until(
        "why",
        LONG,
        () -> property("fails", "StatusText").equals("m can't be loaded: the disk is gone"));
    assertThat(property("fails", "ActiveState")).isEqualTo("activating");
    systemd.systemctl("stop", "fails.service").orThrow();
  }

  @Test
  void stuckWorkIsRestarted() throws Exception {
    unit("stuck", "{}", "WatchdogSec=2\nRestart=on-failure\nRestartSec=100ms");
    systemd.systemctl("start", "stuck.service").orThrow();
    String before = property("stuck", "InvocationID");
    try (WorkerChannel channel = channel("stuck")) {
      ObjectNode stuck = chat("never", "stall_after", 0);
      assertThatThrownBy(() -> channel.call(Role.CHAT, stuck, VERY_LONG))
          .isInstanceOf(WorkerException.Lost.class);
      Await.until(
          "another run",
          LONG,
          () ->
              property("stuck", "ActiveState").equals("active")
                  && !property("stuck", "InvocationID").equals(before));
      assertThat(property("stuck", "NRestarts")).isNotEqualTo("0");
      assertThat(said(channel.call(Role.CHAT, chat("well"), LONG))).isEqualTo("well");
    }
    systemd.systemctl("stop", "stuck.service").orThrow();
  }

  @Test
  void slowWorkThatGetsOnIsNotRestartedAndAnIdleWorkerNeither() throws Exception {
    String watchdog = "WatchdogSec=" + PATIENT_WATCHDOG_S + "\nRestart=on-failure";
    unit("slow", "{}", watchdog);
    unit("idle", "{}", watchdog);
    systemd.systemctl("start", "slow.service", "idle.service").orThrow();
    String slow = property("slow", "InvocationID");
    String idle = property("idle", "InvocationID");
    try (WorkerChannel channel = channel("slow");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      WorkerCall call =
          channel.begin(Role.CHAT, chat("slow", "delay_ms", SLOW_MS), Limits.of(VERY_LONG));
      Future<ObjectNode> answer = threads.submit(call::result);
      assertThat(said(answer.get())).isEqualTo("slow");
    }
    assertThat(property("slow", "InvocationID")).isEqualTo(slow);
    assertThat(property("idle", "InvocationID")).isEqualTo(idle);
    assertThat(property("idle", "ActiveState")).isEqualTo("active");
    systemd.systemctl("stop", "slow.service", "idle.service").orThrow();
  }

  private static void unit(String name, String options, String more) {
    List<String> command = TrialWorker.command(Role.CHAT, options, "--slot", name);
    systemd.writeUnit(
        name + ".service",
        """
        [Service]
        Type=notify
        NotifyAccess=main
        RuntimeDirectory=%s
        Environment=JAVA_HOME=%s
        ExecStart=%s
        %s
        """
            .formatted(name, System.getProperty("java.home"), UnitFile.command(command), more));
  }

  private static WorkerChannel channel(String name) {
    WorkerSockets sockets = new WorkerSockets(systemd.runtimeDir().resolve(name));
    return new WorkerChannel(sockets, TrialWorker.CLOCK);
  }

  private static String property(String name, String property) {
    return systemd.property(name + ".service", property);
  }

  private static void await(String name, String property, String value) {
    Await.until(name + ": " + value, LONG, () -> property(name, property).equals(value));
  }
}
