package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Requests through the built daemon to servers that systemd runs. */
final class GatewayTest extends E2e {
  private static Answer ask(String model) {
    return hal0.post(ChatStream.CHAT, ChatStream.body(model, false));
  }

  @Test
  void aSlotIsServingWhileItAnswers() throws IOException {
    SlotText slot = SlotText.llama().model("busy-model").with("--do", "silent-at 2");
    hal0.writeSlot("busy", slot);
    hal0.verb("busy", "load");
    try (Events events = stream();
        ChatStream stays = new ChatStream(hal0, "busy-model")) {
      assertThat(stays.until("word1")).contains("200 OK", "X-Hal0-Slot: busy");
      JsonNode serving = hal0.awaitState("busy", "serving");
      assertThat(serving.path("in_flight").asInt()).isEqualTo(1);
      assertThat(serving.path("routable").asBoolean()).isTrue();
      try (ChatStream leaves = new ChatStream(hal0, "busy")) {
        leaves.until("word1");
        hal0.await("busy", "two in flight", one -> one.path("in_flight").asInt() == 2);
      }
      hal0.await("busy", "one in flight", one -> one.path("in_flight").asInt() == 1);
      Await.until(
          "the upstream knows",
          Await.LONG,
          () -> slot.upstream().seen().path("aborted").asInt() == 1);
      assertThat(slot.upstream().seen().path("in_flight").asInt()).isEqualTo(1);
      stays.close();
      assertThat(events.awaitPath("busy", "serving>ready")).contains("ready>serving>ready");
    }
    assertThat(hal0.slot("busy").path("in_flight").asInt()).isZero();
  }

  @Test
  void aSlotThatCannotAnswerRefusesAndIsNotCalled() {
    SlotText slot = SlotText.llama().model("slow-model").with("--do", "loading");
    hal0.addSlot("slow", slot);
    ask("slow").error(503, "backend_unavailable");
    hal0.verbNoWait("slow", "load");
    hal0.awaitState("slow", "warming");
    Answer warming = ask("slow");
    JsonNode error = warming.error(503, "backend_unavailable");
    assertThat(error.at("/details/state").asText()).isEqualTo("warming");
    assertThat(error.path("type").asText()).isEqualTo("server_error");
    assertThat(warming.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
    slot.upstream().awaitListening().tell("ok");
    hal0.awaitState("slow", "ready");
    assertThat(ask("slow-model").with(200).path("model").asText()).isEqualTo("slow-model");
    assertThat(hal0.get("/v1/models").with(200).at("/data").findValuesAsText("id"))
        .contains("slow-model");
    assertThat(slot.upstream().seen().path("total").asInt()).isEqualTo(1);
    kill(mainPid(hal0.slot("slow")));
    hal0.awaitState("slow", "error");
    Answer dead = ask("slow");
    dead.error(503, "backend_unavailable");
    assertThat(dead.headers().firstValue("Retry-After")).isEmpty();
    ask("no-such-model").error(404, "dispatch.no_route");
  }

  @Test
  void anUnloadLetsRequestsFinishAndLetsNoneIn() throws Exception {
    SlotText slot = SlotText.llama().with("--do", "silent-at 2");
    slot.set("admission", "drain", "\"120s\"");
    hal0.writeSlot("drains", slot);
    hal0.verb("drains", "load");
    try (ChatStream stream = new ChatStream(hal0, "drains")) {
      stream.until("word1");
      var unload = inBackground("drains", "unload", "{}");
      hal0.await("drains", "is draining", one -> reason(one).equals("draining"));
      assertThat(ask("drains").error(503, "backend_unavailable").at("/details/reason").asText())
          .isEqualTo("draining");
      assertThat(unload).isNotDone();
      stream.close();
      assertThat(state(unload.get().with(200))).isEqualTo("offline");
    }
  }

  @Test
  void aRequestWakesASlotAndAnotherFindsItFull() throws IOException {
    SlotText slot =
        SlotText.llama()
            .model("sleepy")
            .with("--do", "silent-at 2")
            .set("admission", "wake", "true")
            .set("admission", "wait", "\"120s\"")
            .set("admission", "max_in_flight", "1");
    hal0.addSlot("wakes", slot);
    try (ChatStream first = new ChatStream(hal0, "sleepy")) {
      assertThat(first.until("word1")).contains("X-Hal0-Slot: wakes");
      Answer full = ask("wakes");
      full.error(429, "dispatch.saturated");
      assertThat(full.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
    }
  }

  @Test
  void aServerThatIsKilledEndsItsStreamsWithAnError() throws IOException {
    hal0.writeSlot("dies", SlotText.llama().with("--do", "silent-at 2"));
    int pid = mainPid(hal0.verb("dies", "load"));
    try (ChatStream stream = new ChatStream(hal0, "dies")) {
      stream.until("word1");
      kill(pid);
      assertThat(stream.until("\"error\"")).doesNotContain("[DONE]");
    }
    assertThat(reason(hal0.awaitState("dies", "error"))).isEqualTo("unit_died");
  }
}
