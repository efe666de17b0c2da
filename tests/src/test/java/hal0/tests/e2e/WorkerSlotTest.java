package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Ran;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Workers as slots: run by systemd, probed over their health sockets, reached by the gateway. */
final class WorkerSlotTest extends E2e {
  private static final String EMBEDDINGS = "/v1/embeddings";
  private static final String CHAT = "/v1/chat/completions";

  private static void worker(String name, String role, String more) {
    hal0.writeSlot(
        name,
        "provider = \"worker\"\n[model]\ndefault = \""
            + name
            + "-model\"\n[worker]\nrole = \""
            + role
            + "\"\nengine = \"demo\"\n"
            + more);
  }

  private static String chat(String model, String words, boolean stream) {
    return "{\"model\":\""
        + model
        + "\",\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\""
        + words
        + "\"}]}";
  }

  /** A chat about a PNG of one pixel. */
  private static String picture() {
    String png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    return "{\"model\":\"sees\",\"messages\":[{\"role\":\"user\",\"content\":["
        + "{\"type\":\"text\",\"text\":\"what is it\"},{\"type\":\"image_url\",\"image_url\":"
        + "{\"url\":\"data:image/png;base64,"
        + png
        + "\"}}]}]}";
  }

  @Test
  void eachRoleIsReachedInOpenAisShapes() {
    worker("embeds", "embed", "options = { dimensions = 8 }\n");
    worker("ranks", "rerank", "");
    worker("talks", "chat", "");
    worker("sees", "vision", "");
    List<CompletableFuture<Answer>> loads = new ArrayList<>();
    for (String name : List.of("embeds", "ranks", "talks", "sees")) {
      loads.add(inBackground(name, "load", "{}"));
    }
    loads.forEach(load -> assertThat(state(load.join().with(200))).isEqualTo("ready"));

    JsonNode slot = hal0.slot("embeds");
    assertThat(slot.path("port").isNull()).isTrue();
    assertThat(slot.path("model_id").asText()).isEqualTo("embeds-model");
    JsonNode vectors =
        hal0.post(EMBEDDINGS, "{\"model\":\"embeds-model\",\"input\":[\"a b\",\"c\"]}").with(200);
    assertThat(vectors.path("data")).hasSize(2);
    assertThat(vectors.at("/data/1/embedding")).hasSize(8);
    JsonNode ranked =
        hal0.post(
                "/v1/rerank",
                "{\"model\":\"ranks\",\"query\":\"red fox\",\"documents\":[\"a dog\",\"a red"
                    + " fox\"]}")
            .with(200);
    assertThat(ranked.at("/results/0/index").asInt()).isEqualTo(1);
    Answer said = hal0.post(CHAT, chat("talks-model", "hello there", false));
    assertThat(said.with(200).at("/choices/0/message/content").asText()).contains("hello there");
    assertThat(said.headers().firstValue("X-Hal0-Slot")).contains("talks");
    String stream = hal0.post(CHAT, chat("talks", "one two", true)).text();
    assertThat(stream).contains("chat.completion.chunk").endsWith("data: [DONE]\n\n");

    assertThat(hal0.post(CHAT, picture()).with(200).at("/choices/0/message/content").asText())
        .contains("png 1x1");
    Ran cli = hal0.cli("slots", "load", "sees");
    assertThat(cli.out()).contains("sees is ready: sees-model (").doesNotContain("port");

    hal0.post(EMBEDDINGS, "{\"model\":\"talks\",\"input\":\"x\"}").error(404, "request.not_found");
    assertThat(hal0.post(EMBEDDINGS, "{\"model\":\"embeds\",\"input\":5}").status()).isEqualTo(400);
    // The only slots that serve these paths.
    hal0.post(EMBEDDINGS, "{\"input\":\"x\"}").with(200);
    loads.clear();
    for (String name : List.of("embeds", "ranks", "talks", "sees")) {
      loads.add(inBackground(name, "unload", "{}"));
    }
    loads.forEach(unload -> assertThat(state(unload.join().with(200))).isEqualTo("offline"));
  }

  @Test
  void aLoadIsSeenAndAModelThatCannotBeLoadedIsNoReadySlot() {
    worker("slow", "embed", "options = { load_ms = 4000 }\n");
    hal0.verbNoWait("slow", "load");
    hal0.await(
        "slow",
        "is warming and says how far",
        one -> state(one).equals("warming") && one.path("message").asText().contains("loading"));
    assertThat(hal0.post(EMBEDDINGS, "{\"model\":\"slow\",\"input\":\"x\"}").status())
        .isIn(503, 200);
    hal0.awaitState("slow", "ready");

    worker("broken", "embed", "options = { fail_load = \"no such weights\" }\n");
    JsonNode broken = hal0.verb("broken", "load");
    assertThat(state(broken)).isEqualTo("idle");
    assertThat(reason(broken)).isEqualTo("no_model");
    assertThat(broken.at("/probe/detail").asText()).contains("no such weights");
    assertThat(broken.path("routable").asBoolean()).isFalse();
    hal0.post(EMBEDDINGS, "{\"model\":\"broken\",\"input\":\"x\"}")
        .error(503, "backend_unavailable");
    assertThat(state(hal0.verb("broken", "unload"))).isEqualTo("offline");
  }

  @Test
  void aKilledWorkerIsAnErrorAndComesBack() {
    worker("dies", "chat", "[run]\nrestart_sec = \"3s\"\n");
    int pid = mainPid(hal0.verb("dies", "load"));
    kill(pid);
    JsonNode dead = hal0.awaitState("dies", "error");
    assertThat(reason(dead)).isEqualTo("unit_died");
    assertThat(hal0.post(CHAT, chat("dies", "x", false)).status()).isEqualTo(503);
    hal0.awaitState("dies", "ready");
    hal0.post(CHAT, chat("dies", "again", false)).with(200);
    assertThat(mainPid(hal0.slot("dies"))).isNotEqualTo(pid);
  }

  /** Work that stands still is ended by systemd; slow work that gets on, and no work, are not. */
  @Test
  void aWedgedInferenceIsRestartedASlowOneIsNot() {
    String watched = "[run]\nwatchdog = \"2s\"\nrestart_sec = \"1s\"\n";
    worker("wedged", "chat", "options = { stall_after = 1 }\n" + watched);
    worker("gets-on", "chat", "options = { delay_ms = 7000 }\n" + watched);
    int stuck = mainPid(hal0.verb("wedged", "load"));
    int slow = mainPid(hal0.verb("gets-on", "load"));
    CompletableFuture<Answer> advancing =
        CompletableFuture.supplyAsync(
            () -> hal0.post(CHAT, chat("gets-on", "word", false)),
            task -> Thread.ofVirtual().start(task));
    Answer ended = hal0.post(CHAT, chat("wedged", "one two three", true));
    assertThat(ended.text()).contains("\"error\"").doesNotContain("[DONE]");
    Await.until(
        "another run of the wedged worker",
        Await.LONG,
        () -> {
          JsonNode now = hal0.slot("wedged");
          return state(now).equals("ready") && mainPid(now) != stuck;
        });
    advancing.join().with(200);
    assertThat(mainPid(hal0.slot("gets-on"))).isEqualTo(slow);
  }
}
