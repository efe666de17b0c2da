package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Loads: the way to ready, and every way in which one ends otherwise. */
final class LoadTest extends E2e {
  @Test
  void aLoadWalksToReadyAndTellsEveryStep() throws IOException {
    SlotText slot = SlotText.llama().with("--do", "loading");
    hal0.addSlot("walk", slot);
    try (Events events = stream();
        Events own = hal0.events("/api/slots/walk/state/stream")) {
      CompletableFuture<Answer> load = inBackground("walk", "load", "{}");
      hal0.awaitState("walk", "warming");
      assertThat(load).isNotDone();
      slot.upstream().awaitListening().tell("ok");
      JsonNode ready = load.join().with(200);

      assertThat(state(ready)).isEqualTo("ready");
      assertThat(reason(ready)).isEqualTo("loaded");
      assertThat(ready.path("status").asText()).isEqualTo("ready");
      assertThat(ready.path("kind").asText()).isEqualTo("local");
      assertThat(ready.path("model_id").asText()).isEqualTo("tiny");
      assertThat(ready.path("models").get(0).asText()).isEqualTo("tiny");
      assertThat(ready.path("routable").asBoolean()).isTrue();
      assertThat(ready.path("port").asInt()).isEqualTo(slot.port());
      assertThat(ready.at("/unit/name").asText()).isEqualTo(Hal0.unit("walk"));
      assertThat(ready.at("/unit/active_state").asText()).isEqualTo("active");
      assertThat(mainPid(ready))
          .isEqualTo(Integer.parseInt(systemd.property(Hal0.unit("walk"), "MainPID")));
      assertThat(ready.at("/probe/verdict").asText()).isEqualTo("serving");

      assertThat(events.awaitPath("walk", ">ready")).isEqualTo("offline>starting>warming>ready");
      assertThat(own.awaitPath("walk", ">ready")).isEqualTo("offline>starting>warming>ready");
      assertNumbered(events.transitions("walk"));
      JsonNode record = new ObjectMapper().readTree(hal0.record("walk").toFile());
      assertThat(record.path("state").asText()).isEqualTo("ready");
      assertThat(record.path("model_id").asText()).isEqualTo("tiny");
      assertThat(record.path("updated_at").isNumber()).isTrue();
    }
    JsonNode again = hal0.verb("walk", "load");
    assertThat(mainPid(again))
        .as("a load of what is loaded restarts nothing")
        .isEqualTo(mainPid(hal0.slot("walk")));
    assertThat(again.at("/unit/n_restarts").asInt()).isZero();

    JsonNode offline = hal0.verb("walk", "unload");
    assertThat(state(offline)).isEqualTo("offline");
    assertThat(systemd.property(Hal0.unit("walk"), "ActiveState")).isEqualTo("inactive");
  }

  private static void assertNumbered(List<Events.Event> transitions) {
    long last = -1;
    for (Events.Event event : transitions) {
      long seq = event.data().path("seq").asLong(-1);
      assertThat(seq).isGreaterThan(last);
      assertThat(event.id()).endsWith("-" + seq);
      assertThat(event.data().path("at").asText())
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
      last = seq;
    }
  }

  @Test
  void withoutAModelAServerIsIdleAndAModelCanBeLoadedIntoIt() {
    hal0.writeSlot("empty", SlotText.llama().model(""));
    JsonNode idle = hal0.verb("empty", "load");
    assertThat(state(idle)).isEqualTo("idle");
    assertThat(reason(idle)).isEqualTo("no_model");
    assertThat(idle.path("routable").asBoolean()).isFalse();

    JsonNode ready = hal0.post("/api/slots/empty/load", "{\"model_id\":\"big\"}").with(200);
    assertThat(state(ready)).isEqualTo("ready");
    assertThat(ready.path("model_id").asText()).isEqualTo("big");
  }

  @Test
  void otherKindsOfServersAreReadyOnTheirOwnEvidence() {
    hal0.writeSlot("speech", SlotText.llama().provider("kokoro", "kokoro").model("voice"));
    hal0.writeSlot("pictures", SlotText.llama().provider("comfyui", "comfyui"));
    hal0.writeSlot("ears", SlotText.llama().provider("whisper", "whisper"));
    hal0.writeSlot("mute", SlotText.llama().provider("kokoro", "kokoro").model(""));
    for (String name : List.of("speech", "pictures", "ears", "mute")) {
      hal0.verbNoWait(name, "load");
    }
    hal0.awaitState("speech", "ready");
    hal0.awaitState("pictures", "ready");
    hal0.awaitState("ears", "ready");
    assertThat(reason(hal0.awaitState("mute", "idle"))).isEqualTo("no_model");
  }

  @Test
  void loadsOfTheSameModelJoinAndOfAnotherAreRefused() {
    SlotText slot = SlotText.llama().with("--do", "loading");
    hal0.writeSlot("join", slot);
    CompletableFuture<Answer> first = inBackground("join", "load", "{}");
    hal0.awaitState("join", "warming");
    CompletableFuture<Answer> second = inBackground("join", "load", "{\"model_id\":\"tiny\"}");
    hal0.post("/api/slots/join/load", "{\"model_id\":\"other\"}").error(409, "slot.model_mismatch");
    slot.upstream().awaitListening().tell("ok");
    assertThat(invocation(first.join().with(200)))
        .isEqualTo(invocation(second.join().with(200)))
        .isNotEmpty();
    hal0.post("/api/slots/join/load", "{\"model_id\":\"other\"}").error(409, "slot.model_mismatch");
    assertThat(state(hal0.slot("join"))).isEqualTo("ready");
  }

  @Test
  void anUnloadCancelsALoadAtOnce() {
    hal0.writeSlot("cancel", SlotText.llama().with("--do", "loading"));
    CompletableFuture<Answer> load = inBackground("cancel", "load", "{}");
    hal0.awaitState("cancel", "warming");
    assertThat(state(hal0.verb("cancel", "unload"))).isEqualTo("offline");
    load.join().error(409, "slot.cancelled");
    assertThat(systemd.property(Hal0.unit("cancel"), "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void swapAndRestartBringANewProcess() {
    hal0.writeSlot("swap", SlotText.llama());
    JsonNode before = hal0.verb("swap", "load");
    JsonNode swapped = hal0.post("/api/slots/swap/swap", "{\"model_id\":\"other\"}").with(200);
    assertThat(state(swapped)).isEqualTo("ready");
    assertThat(swapped.path("model_id").asText()).isEqualTo("other");
    assertThat(swapped.path("models").get(0).asText()).isEqualTo("other");
    assertThat(mainPid(swapped)).isNotEqualTo(mainPid(before));

    JsonNode restarted = hal0.verb("swap", "restart");
    assertThat(state(restarted)).isEqualTo("ready");
    assertThat(invocation(restarted)).isNotEqualTo(invocation(swapped));
  }

  @Test
  void aProcessThatDiesWhileLoadingEndsTheLoadWithSystemdsResult() {
    hal0.writeSlot("dies", SlotText.llama().command("sh", "-c", "exit 7"));
    JsonNode error = hal0.post("/api/slots/dies/load", "{}").error(500, "slot.spawn_failed");
    assertThat(error.at("/details/result").asText()).isEqualTo("exit-code");
    assertThat(error.at("/details/exit_status").asInt()).isEqualTo(7);
    assertThat(state(hal0.slot("dies"))).isEqualTo("error");

    hal0.writeSlot("missing", SlotText.llama().command("/nowhere/llama-server"));
    hal0.post("/api/slots/missing/load", "{}").error(500, "slot.spawn_failed");
    assertThat(state(hal0.slot("missing"))).isEqualTo("error");
    assertThat(state(hal0.verb("missing", "unload"))).isEqualTo("offline");
  }

  @Test
  void aLoadPastItsGraceIsAnErrorAndTheNextOneStartsAnew() {
    SlotText slot = SlotText.llama().with("--do", "loading").set("probe", "grace", "\"3s\"");
    hal0.writeSlot("late", slot);
    hal0.post("/api/slots/late/load", "{}").error(503, "slot.health_failed");
    JsonNode late = hal0.slot("late");
    assertThat(state(late)).isEqualTo("error");
    assertThat(late.at("/unit/active_state").asText()).as("it keeps running").isEqualTo("active");

    hal0.writeSlot("late", SlotText.llama());
    JsonNode ready =
        Await.value(
                "a load by the new file",
                Await.LONG,
                () -> hal0.post("/api/slots/late/load", "{}"),
                answer -> answer.status() == 200)
            .json();
    assertThat(state(ready)).isEqualTo("ready");
    assertThat(mainPid(ready)).isNotEqualTo(mainPid(late));
  }

  @Test
  void slotsLoadSideBySide() {
    List<SlotText> slots = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      slots.add(SlotText.llama().with("--do", "loading"));
      hal0.writeSlot("side" + i, slots.get(i));
    }
    for (int i = 0; i < 8; i++) {
      hal0.verbNoWait("side" + i, "load");
    }
    for (int i = 0; i < 8; i++) {
      hal0.awaitState("side" + i, "warming");
    }
    slots.forEach(slot -> slot.upstream().awaitListening().tell("ok"));
    for (int i = 0; i < 8; i++) {
      hal0.awaitState("side" + i, "ready");
      hal0.verbNoWait("side" + i, "unload");
    }
    for (int i = 0; i < 8; i++) {
      hal0.awaitState("side" + i, "offline");
    }
  }
}
