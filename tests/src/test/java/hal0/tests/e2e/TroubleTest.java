package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import org.junit.jupiter.api.Test;

/** What happens to live slots that nobody asked for, and what other people do with systemctl. */
final class TroubleTest extends E2e {
  @Test
  void aKilledUpstreamIsAnErrorWithSystemdsResult() {
    hal0.writeSlot("killed", SlotText.llama());
    kill(mainPid(hal0.verb("killed", "load")));
    JsonNode error = hal0.awaitState("killed", "error");
    assertThat(reason(error)).isEqualTo("unit_died");
    assertThat(error.path("routable").asBoolean()).isFalse();
    assertThat(
            hal0.await(
                "killed",
                "has a result",
                slot -> slot.at("/unit/result").asText().equals("signal")))
        .isNotNull();
    assertThat(state(hal0.verb("killed", "load"))).isEqualTo("ready");
  }

  @Test
  void aCleanExitThatNobodyAskedForIsAnErrorToo() {
    SlotText slot = SlotText.llama();
    hal0.writeSlot("leaves", slot);
    hal0.verb("leaves", "load");
    slot.upstream().tell("exit 0");
    assertThat(reason(hal0.awaitState("leaves", "error"))).isEqualTo("unit_died");
  }

  @Test
  void systemdsOwnRestartIsFollowedThroughEveryState() {
    hal0.writeSlot("again", SlotText.llama().restarted("1s"));
    JsonNode first = hal0.verb("again", "load");
    try (Events events = stream()) {
      kill(mainPid(first));
      assertThat(events.awaitPath("again", ">ready"))
          .isEqualTo("ready>error>starting>warming>ready");
      assertThat(events.edges("again").getFirst()).isEqualTo("ready>error/unit_died");
      assertThat(events.transitions("again").getFirst().data().path("message").asText())
          .isNotEmpty();
    }
    JsonNode second = hal0.slot("again");
    assertThat(second.at("/unit/n_restarts").asInt()).isEqualTo(1);
    assertThat(invocation(second)).isNotEqualTo(invocation(first));
  }

  @Test
  void aCrashLoopEndsInAnErrorThatALoadCanMend() {
    hal0.writeSlot("loop", SlotText.llama().command("sh", "-c", "exit 3").restarted("100ms"));
    hal0.post("/api/slots/loop/load", "{}").error(500, "slot.spawn_failed");
    // systemd goes on trying until its own limit is reached.
    Await.until(
        "systemd gives up",
        Await.LONG,
        () -> systemd.property(Hal0.unit("loop"), "ActiveState").equals("failed"));
    hal0.await(
        "loop", "says failed", slot -> slot.at("/unit/active_state").asText().equals("failed"));
    assertThat(state(hal0.slot("loop"))).isEqualTo("error");
    hal0.writeSlot("loop", SlotText.llama());
    Await.value(
        "a load in spite of the start limit",
        Await.LONG,
        () -> hal0.post("/api/slots/loop/load", "{}"),
        answer -> answer.status() == 200);
  }

  @Test
  void aServerThatHangsIsAnErrorUntilItServesAgain() {
    SlotText slot =
        SlotText.llama().set("probe", "timeout", "\"1s\"").set("probe", "failures", "2");
    hal0.writeSlot("hangs", slot);
    JsonNode before = hal0.verb("hangs", "load");
    slot.upstream().tell("hang");
    assertThat(reason(hal0.awaitState("hangs", "error"))).isEqualTo("probe_failed");
    slot.upstream().tell("ok");
    JsonNode after = hal0.awaitState("hangs", "ready");
    assertThat(reason(after)).isEqualTo("adopted");
    assertThat(mainPid(after)).isEqualTo(mainPid(before));
  }

  @Test
  void aServerThatLosesItsModelIsNotRoutable() {
    SlotText slot = SlotText.llama();
    hal0.writeSlot("loses", slot);
    hal0.verb("loses", "load");
    slot.upstream().tell("model");
    JsonNode idle = hal0.awaitState("loses", "idle");
    assertThat(reason(idle)).isEqualTo("no_model");
    assertThat(idle.path("routable").asBoolean()).isFalse();
    slot.upstream().tell("model tiny");
    assertThat(hal0.awaitState("loses", "ready").path("routable").asBoolean()).isTrue();
  }

  @Test
  void aStopBySystemctlIsNoFailure() {
    hal0.writeSlot("stopped", SlotText.llama().restarted("1s"));
    hal0.verb("stopped", "load");
    systemd.systemctl("stop", Hal0.unit("stopped")).orThrow();
    assertThat(reason(hal0.awaitState("stopped", "offline"))).isEqualTo("stopped_externally");
  }

  @Test
  void aStartBySystemctlIsFollowedToReadyAndToIdle() {
    hal0.writeSlot("theirs", SlotText.llama());
    hal0.writeSlot("theirs0", SlotText.llama().model(""));
    Await.until("drop-ins", Await.LONG, () -> hal0.dropIn("theirs").toFile().exists());
    Await.until("drop-ins", Await.LONG, () -> hal0.dropIn("theirs0").toFile().exists());
    try (Events events = stream()) {
      Await.until(
          "systemctl start by the newest drop-in",
          Await.LONG,
          () -> systemd.systemctl("start", Hal0.unit("theirs"), Hal0.unit("theirs0")).ok());
      JsonNode ready = hal0.awaitState("theirs", "ready");
      assertThat(ready.at("/unit/active_state").asText()).isEqualTo("active");
      assertThat(events.awaitPath("theirs", ">ready"))
          .startsWith("offline>")
          .doesNotContain("error");
      assertThat(hal0.awaitState("theirs0", "idle").path("routable").asBoolean()).isFalse();
    }
    int pid = mainPid(hal0.slot("theirs"));
    assertThat(mainPid(hal0.verb("theirs", "load"))).isEqualTo(pid);
    assertThat(state(hal0.verb("theirs", "unload"))).isEqualTo("offline");
    assertThat(systemd.property(Hal0.unit("theirs"), "ActiveState")).isEqualTo("inactive");
  }
}
