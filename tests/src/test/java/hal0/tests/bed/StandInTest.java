package hal0.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The stand-in answers as the real servers were seen to answer. */
final class StandInTest {
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void llamaServerLoadsThenServesThenMisbehavesAsTold() throws InterruptedException {
    try (Upstream llama = Upstream.start("--model", "qwen", "--do", "loading").awaitListening()) {
      for (String path : new String[] {"/health", "/v1/models", "/anything"}) {
        assertThat(llama.get(path).with(503).at("/error/message").asText())
            .isEqualTo("Loading model");
      }
      llama.tell("ok");
      Await.until("it has loaded", Await.LONG, () -> llama.get("/health").status() == 200);
      assertThat(llama.get("/v1/models").with(200).at("/data/0/id").asText()).isEqualTo("qwen");
      llama.tell("tokens 2");
      assertThat(llama.post(CHAT, "{\"stream\":true}").text())
          .contains("word0", "word1", "data: [DONE]");
      assertThat(llama.post(CHAT, "{}").with(200).at("/choices/0/message/content").asText())
          .isEqualTo("word0 word1 ");

      llama.tell("error 500");
      llama.get("/v1/models").with(500);
      llama.tell("ok\nmodel\nentries a=loaded,b=unloaded");
      JsonNode entries = llama.get("/v1/models").with(200).path("data");
      assertThat(entries.findValuesAsText("id")).containsExactly("a", "b");
      assertThat(entries.at("/1/status/value").asText()).isEqualTo("unloaded");
      JsonNode seen = llama.seen();
      assertThat(seen.path("total").asInt()).isEqualTo(2);
      assertThat(seen.path("in_flight").asInt()).isZero();

      llama.tell("exit 7");
      assertThat(llama.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(llama.process().exitValue()).isEqualTo(7);
    }
  }

  @Test
  void aRouterWithoutModelIsWellAndServesNothing() {
    try (Upstream router = Upstream.start("--model", "").awaitListening()) {
      Await.until("it is up", Await.LONG, () -> router.get("/health").status() == 200);
      assertThat(router.get("/v1/models").with(200).path("data")).isEmpty();
    }
  }

  @Test
  void theOtherKindsSayWhatTheirsSay() throws InterruptedException {
    try (Upstream kokoro = Upstream.start("--kind", "kokoro").awaitListening();
        Upstream vllm = Upstream.start("--kind", "vllm", "--api-key", "sesame").awaitListening();
        Upstream comfy = Upstream.start("--kind", "comfyui").awaitListening();
        Upstream whisper = Upstream.start("--kind", "whisper").awaitListening()) {
      Await.until("they are loaded", Await.LONG, () -> whisper.get("/health").status() == 200);
      Await.until("they are loaded", Await.LONG, () -> kokoro.get("/health").status() == 200);
      assertThat(kokoro.get("/health").json().path("model_loaded").asBoolean()).isTrue();
      kokoro.tell("model");
      assertThat(kokoro.get("/health").json().path("model_loaded").asBoolean()).isFalse();
      Await.until("they are loaded", Await.LONG, () -> vllm.get("/health").status() == 200);
      assertThat(vllm.get("/health").text()).isEmpty();
      assertThat(vllm.get("/v1/models").status()).isEqualTo(401);
      Await.until("they are loaded", Await.LONG, () -> comfy.get("/system_stats").status() == 200);
      assertThat(comfy.get("/health").status()).isEqualTo(404);
      assertThat(whisper.get("/v1/models").status()).isEqualTo(404);

      whisper.process().destroy();
      assertThat(whisper.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(whisper.process().exitValue()).isZero();
    }
  }
}
