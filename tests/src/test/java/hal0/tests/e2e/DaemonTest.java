package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The daemon ends and comes back; its slots do not care. */
final class DaemonTest extends E2e {
  @BeforeEach
  void running() {
    if (!hal0.daemon().isAlive()) {
      hal0.startDaemon();
    }
  }

  @Test
  void unitsOutliveTheDaemonAndAreTakenUpAgain() {
    SlotText warming = SlotText.llama().with("--do", "loading");
    hal0.writeSlot("stays", SlotText.llama());
    hal0.writeSlot("warms", warming);
    JsonNode before = hal0.verb("stays", "load");
    hal0.verbNoWait("warms", "load");
    hal0.awaitState("warms", "warming");

    Duration took = hal0.term();
    // The contract says 5 s; a machine that is many times slower shall not fail the test.
    assertThat(took).isLessThan(Duration.ofSeconds(50));
    assertThat(hal0.daemon().exitValue()).isIn(0, 143);
    assertThat(systemd.property(Hal0.unit("stays"), "MainPID"))
        .isEqualTo(Integer.toString(mainPid(before)));
    hal0.startDaemon();
    JsonNode after = hal0.awaitState("stays", "ready");
    assertThat(mainPid(after)).isEqualTo(mainPid(before));
    assertThat(invocation(after)).isEqualTo(invocation(before));

    hal0.kill9();
    warming.upstream().awaitListening().tell("ok");
    hal0.startDaemon();
    assertThat(invocation(hal0.awaitState("stays", "ready"))).isEqualTo(invocation(before));
    hal0.awaitState("warms", "ready");
  }

  @Test
  void whatHappenedWhileItWasAwayIsSeen() {
    for (String name : List.of("died", "ended", "begun", "begun0")) {
      hal0.writeSlot(name, SlotText.llama().model(name.equals("begun0") ? "" : "tiny"));
    }
    int died = mainPid(hal0.verb("died", "load"));
    hal0.verb("ended", "load");
    Await.until(
        "drop-ins",
        Await.LONG,
        () -> Files.exists(hal0.dropIn("begun")) && Files.exists(hal0.dropIn("begun0")));
    hal0.kill9();
    kill(died);
    systemd.systemctl("stop", Hal0.unit("ended")).orThrow();
    systemd.systemctl("daemon-reload").orThrow();
    systemd.systemctl("start", Hal0.unit("begun"), Hal0.unit("begun0")).orThrow();
    Await.until(
        "the death is seen by systemd",
        Await.LONG,
        () -> systemd.property(Hal0.unit("died"), "ActiveState").equals("failed"));
    hal0.startDaemon();

    hal0.awaitState("died", "error");
    assertThat(reason(hal0.awaitState("ended", "offline"))).isEqualTo("stopped_externally");
    assertThat(reason(hal0.awaitState("begun", "ready"))).isEqualTo("adopted");
    assertThat(reason(hal0.awaitState("begun0", "idle"))).isEqualTo("adopted");
  }

  @Test
  void aRecordThatCannotBeReadIsKeptBesideAndTheTruthIsFound() throws IOException {
    hal0.writeSlot("torn", SlotText.llama());
    int pid = mainPid(hal0.verb("torn", "load"));
    hal0.kill9();
    Files.writeString(hal0.record("torn"), "{\"name\": \"torn\", \"sta");
    hal0.startDaemon();
    assertThat(mainPid(hal0.awaitState("torn", "ready"))).isEqualTo(pid);
    assertThat(beside(hal0.record("torn")))
        .anyMatch(name -> name.startsWith("state.json.corrupt-"));
    assertThat(hal0.log()).contains("state.json.corrupt-");
  }

  private static List<String> beside(Path record) throws IOException {
    try (Stream<Path> files = Files.list(record.getParent())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void anUnloadStopsAUnitOfWhichThereIsNoRecord() throws IOException {
    hal0.writeSlot("unknown", SlotText.llama());
    hal0.verb("unknown", "load");
    hal0.kill9();
    Files.deleteIfExists(hal0.record("unknown"));
    hal0.startDaemon();
    assertThat(state(hal0.verb("unknown", "unload"))).isEqualTo("offline");
    assertThat(systemd.property(Hal0.unit("unknown"), "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void anUnloadThatWasUnderWayIsFinished() throws IOException {
    hal0.writeSlot("halfway", SlotText.llama());
    hal0.verb("halfway", "load");
    hal0.kill9();
    String record = Files.readString(hal0.record("halfway"));
    String unloading = record.replaceFirst("(\"state\"\\s*:\\s*)\"ready\"", "$1\"unloading\"");
    assertThat(unloading).isNotEqualTo(record);
    Files.writeString(hal0.record("halfway"), unloading);
    hal0.startDaemon();
    hal0.awaitState("halfway", "offline");
    assertThat(systemd.property(Hal0.unit("halfway"), "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void systemctlStartNeedsNoDaemon() {
    SlotText slot = SlotText.llama();
    hal0.writeSlot("alone", slot);
    Await.until("the drop-in", Await.LONG, () -> Files.exists(hal0.dropIn("alone")));
    hal0.term();
    systemd.systemctl("daemon-reload").orThrow();
    systemd.systemctl("start", Hal0.unit("alone")).orThrow();
    slot.upstream().awaitListening();
    assertThat(systemd.property(Hal0.unit("alone"), "ActiveState")).isEqualTo("active");
  }

  @Test
  void aSecondDaemonOnTheSameStateIsToldWhoHoldsIt() throws InterruptedException {
    long holder = hal0.daemon().pid();
    try (Hal0 second = Hal0.prepare(systemd)) {
      second.env("HAL0_STATE_DIR", hal0.stateDir().toString());
      Process process = second.launch();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      assertThat(second.log()).contains(Long.toString(holder)).doesNotContain("\tat ");
    }
    assertThat(hal0.get("/readyz").status()).isEqualTo(200);
  }
}
