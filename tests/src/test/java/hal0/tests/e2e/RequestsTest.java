package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait, are refused, are cut off or keep a slot alive, on servers of systemd's. */
final class RequestsTest extends E2e {
  private static CompletableFuture<Answer> askInBackground(String model) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                answer.complete(hal0.post(ChatStream.CHAT, ChatStream.body(model, false)));
              } catch (RuntimeException | Error failed) {
                answer.completeExceptionally(failed);
              }
            });
    return answer;
  }

  private static Answer ask(String model) {
    return askInBackground(model).orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** The transitions of a slot without their reasons. */
  private static List<String> steps(Events events, String slot) {
    return events.edges(slot).stream().map(edge -> edge.replaceAll("/.*", "")).toList();
  }

  /** A load belongs to the slot: the first of ten begins it, and none of them stops it. */
  @Test
  void tenFirstRequestsMakeOneLoadWhichALeavingClientDoesNotStop() throws IOException {
    SlotText slot =
        SlotText.llama()
            .model("woken")
            .with("--do", "loading")
            .set("admission", "wake", "true")
            .set("admission", "wait", "\"300s\"");
    hal0.addSlot("woken", slot);
    List<ChatStream> clients = new ArrayList<>();
    try (Events events = stream()) {
      for (int client = 0; client < 10; client++) {
        clients.add(new ChatStream(hal0, "woken"));
      }
      hal0.awaitState("woken", "warming");
      clients.removeFirst().close();
      slot.upstream().awaitListening().tell("ok");
      for (ChatStream client : clients) {
        assertThat(client.until("[DONE]")).contains("200 OK", "X-Hal0-Slot: woken");
      }
      hal0.await("woken", "quiet", one -> one.path("in_flight").asInt() == 0);
      assertThat(steps(events, "woken")).containsOnlyOnce("offline>starting", "starting>warming");
      assertThat(steps(events, "woken")).doesNotContain("warming>offline", "warming>unloading");
    } finally {
      for (ChatStream client : clients) {
        client.close();
      }
    }
  }

  /** The queue has its bound and its deadline; who is refused is told when to come back. */
  @Test
  void aQueueIsBoundedInLengthAndInTime() throws IOException {
    SlotText slot =
        SlotText.llama()
            .model("queued")
            .with("--do", "silent-at 2")
            .set("admission", "max_in_flight", "1")
            .set("admission", "queue", "1")
            .set("admission", "wait", "\"300s\"");
    hal0.writeSlot("queued", slot);
    hal0.verb("queued", "load");
    try (ChatStream inside = new ChatStream(hal0, "queued")) {
      inside.until("word1");
      slot.upstream().tell("silent-at -1");
      List<CompletableFuture<Answer>> two =
          List.of(askInBackground("queued"), askInBackground("queued"));
      Answer refused = (Answer) CompletableFuture.anyOf(two.get(0), two.get(1)).join();
      refused.error(429, "dispatch.saturated");
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
      CompletableFuture<Answer> waits = two.get(0).isDone() ? two.get(1) : two.get(0);
      assertThat(waits).isNotDone();
      inside.close();
      waits.join().with(200);
    }
  }

  @Test
  void whoWaitsTooLongIsToldToComeBack() throws IOException {
    SlotText slot =
        SlotText.llama()
            .with("--do", "silent-at 2")
            .set("admission", "max_in_flight", "1")
            .set("admission", "queue", "5")
            .set("admission", "wait", "\"1s\"");
    hal0.writeSlot("crowded", slot);
    hal0.verb("crowded", "load");
    try (ChatStream inside = new ChatStream(hal0, "crowded")) {
      inside.until("word1");
      Answer late = ask("crowded");
      late.error(429, "dispatch.saturated");
      assertThat(late.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
      assertThat(late.took()).isGreaterThanOrEqualTo(Duration.ofMillis(900));
      assertThat(hal0.slot("crowded").path("in_flight").asInt()).isEqualTo(1);
    }
  }

  /** Not only an unload drains. */
  @ParameterizedTest
  @ValueSource(strings = {"restart", "swap"})
  void whateverStopsAServerLetsItsRequestsFinish(String verb) throws Exception {
    String name = "drains-" + verb;
    SlotText slot = SlotText.llama().model(name + "-model").with("--do", "silent-at 2");
    hal0.writeSlot(name, slot.set("admission", "drain", "\"300s\""));
    String invocation = invocation(hal0.verb(name, "load"));
    String body = verb.equals("swap") ? "{\"model_id\":\"other\"}" : "{}";
    try (ChatStream inside = new ChatStream(hal0, name)) {
      inside.until("word1");
      CompletableFuture<Answer> asked = inBackground(name, verb, body);
      JsonNode drains = hal0.await(name, "drains", one -> reason(one).equals("draining"));
      assertThat(state(drains)).isEqualTo("serving");
      assertThat(drains.path("routable").asBoolean()).isFalse();
      ask(name).error(503, "backend_unavailable");
      assertThat(invocation(hal0.slot(name))).isEqualTo(invocation);
      assertThat(asked).isNotDone();
      inside.close();
      JsonNode after = asked.get().with(200);
      assertThat(state(after)).isEqualTo("ready");
      assertThat(invocation(after)).isNotEqualTo(invocation);
    }
  }

  /** A drain has an end, and those that are cut off then are told. */
  @Test
  void aDrainEndsRequestsAtItsDeadline() throws Exception {
    SlotText slot = SlotText.llama().with("--do", "silent-at 2");
    hal0.writeSlot("cut", slot.set("admission", "drain", "\"1s\""));
    hal0.verb("cut", "load");
    try (Events events = stream();
        ChatStream inside = new ChatStream(hal0, "cut")) {
      inside.until("word1");
      assertThat(state(hal0.verb("cut", "unload"))).isEqualTo("offline");
      assertThat(inside.until("\"error\"")).doesNotContain("[DONE]");
      assertThat(events.awaitPath("cut", "offline")).endsWith("serving>ready>unloading>offline");
    }
  }

  /** Lesson 8: a server that works is not a hung one, however long it leaves probes unanswered. */
  @Test
  void aServerThatIsBusyIsNotTakenForAHungOne() throws IOException {
    SlotText slot =
        SlotText.llama()
            .with("--do", "tokens 1000", "--do", "token-ms 100")
            .set("probe", "interval", "\"500ms\"")
            .set("probe", "timeout", "\"2s\"")
            .set("probe", "failures", "3");
    hal0.writeSlot("works", slot);
    hal0.verb("works", "load");
    try (Events events = stream();
        ChatStream inside = new ChatStream(hal0, "works")) {
      inside.until("word1");
      slot.upstream().tell("hang");
      // Three probes would take 7.5 s to fail.
      inside.until("word120");
      JsonNode busy = hal0.slot("works");
      assertThat(state(busy)).isEqualTo("serving");
      assertThat(busy.path("routable").asBoolean()).isTrue();
      assertThat(steps(events, "works")).doesNotContain("serving>error");
    }
    // With nothing in flight the same silence is evidence.
    assertThat(state(hal0.awaitState("works", "error"))).isEqualTo("error");
  }

  /** A server that says nothing, neither to probes nor to its requests, is an error. */
  @Test
  void aServerThatHangsIsAnErrorAndItsRequestsEnd() throws IOException {
    SlotText slot =
        SlotText.llama()
            .with("--do", "silent-at 2")
            .set("admission", "stall", "\"2s\"")
            .set("probe", "timeout", "\"1s\"")
            .set("probe", "failures", "2");
    hal0.writeSlot("hung", slot);
    hal0.verb("hung", "load");
    try (ChatStream inside = new ChatStream(hal0, "hung")) {
      inside.until("word1");
      slot.upstream().tell("hang");
      assertThat(inside.until("\"error\"")).doesNotContain("[DONE]");
    }
    hal0.awaitState("hung", "error");
    Answer refused = ask("hung");
    refused.error(503, "backend_unavailable");
    assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
  }

  /** Lesson 31: a request's failure is the request's. */
  @Test
  void aRequestThatFailsChangesNothingElse() throws IOException {
    SlotText slot = SlotText.llama().model("breaks").with("--do", "break-at 1");
    hal0.writeSlot("breaks", slot);
    hal0.verb("breaks", "load");
    JsonNode before = hal0.get("/api/readiness").with(200);
    try (Events events = stream()) {
      for (int time = 0; time < 3; time++) {
        try (ChatStream broken = new ChatStream(hal0, "breaks")) {
          assertThat(broken.until("\"error\"")).doesNotContain("[DONE]");
        }
        ask("never-heard-of").error(404, "dispatch.no_route");
      }
      hal0.await("breaks", "quiet", one -> one.path("in_flight").asInt() == 0);
      events.awaitPath("breaks", "serving>ready");
      assertThat(steps(events, "breaks")).containsOnly("ready>serving", "serving>ready");
    }
    JsonNode after = hal0.get("/api/readiness").with(200);
    assertThat(after.path("readiness")).isEqualTo(before.path("readiness"));
    assertThat(after.at("/slots/breaks/routable").asBoolean()).isTrue();
    Await.until("the slot is ready", Await.LONG, () -> state(hal0.slot("breaks")).equals("ready"));
  }
}
