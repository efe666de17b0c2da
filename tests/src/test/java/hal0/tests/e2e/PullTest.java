package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.FileServer;
import hal0.tests.bed.FileServer.Manner;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loads whose model is not there yet, from a server that is not always a good one. */
final class PullTest extends E2e {
  private static final int SIZE = 3_000_000;

  private FileServer server;

  @BeforeEach
  void serve() throws IOException {
    server = FileServer.of(SIZE);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private SlotText slot(String name) {
    return SlotText.llama()
        .set("model", "path", "\"" + path(name) + "\"")
        .set("model", "source", "\"" + server.url("/" + name + ".gguf?key=secret") + "\"")
        .set("model", "sha256", "\"" + server.sha256() + "\"");
  }

  private static Path path(String name) {
    return hal0.stateDir().resolve("models").resolve(name + ".gguf");
  }

  private static void awaitBytes(String name) {
    hal0.await(name, "has some of it", view -> view.at("/pull/bytes").asLong() > 0);
  }

  private static Answer answer(CompletableFuture<Answer> load) throws Exception {
    return load.get(Await.LONG.toSeconds() * 2, TimeUnit.SECONDS);
  }

  private void assertWhole(String name) throws IOException {
    assertThat(Files.readAllBytes(path(name))).isEqualTo(server.content());
  }

  @Test
  void aModelIsPulledOverBrokenConnectionsAndThenServed() throws Exception {
    hal0.addSlot("fetch", slot("fetch"));
    CountDownLatch gate = new CountDownLatch(1);
    Manner breaks = Manner.breaksAfter(500_000);
    server.next(breaks, breaks, breaks, Manner.says(500, Map.of()));
    server.next(Manner.waitsAfter(200_000, gate));
    try (Events events = stream()) {
      CompletableFuture<Answer> load = inBackground("fetch", "load", "{}");
      JsonNode pulling =
          hal0.await(
              "fetch",
              "has come far, and waits for more",
              view ->
                  server.asked().size() == 5
                      && view.at("/pull/bytes").asLong() > 1_000_000
                      && view.at("/pull/phase").asText().equals("fetching"));
      assertThat(state(pulling)).isEqualTo("pulling");
      assertThat(pulling.path("message").asText()).contains("fetching tiny", "of 3.0 MB");
      assertThat(pulling.at("/pull/what").asText()).isEqualTo("model");
      assertThat(pulling.at("/pull/name").asText()).isEqualTo("tiny");
      assertThat(pulling.at("/pull/total").asLong()).isEqualTo(SIZE);
      assertThat(pulling.at("/pull/percent").asInt()).isBetween(30, 99);
      assertThat(pulling.at("/pull/from").asText())
          .isEqualTo(server.url("/fetch.gguf"))
          .doesNotContain("secret");
      assertThat(pulling.at("/unit/active_state").asText()).isEqualTo("inactive");
      assertThat(hal0.cli("slots", "status", "fetch").orThrow()).contains(" %");
      events.await(
          "how far it is",
          event ->
              event.type().equals("progress")
                  && event.data().path("slot").asText().equals("fetch")
                  && event.data().at("/pull/bytes").asLong() > 0);
      gate.countDown();
      JsonNode ready = answer(load).with(200);
      assertThat(state(ready)).isEqualTo("ready");
      assertThat(ready.path("pull").isNull()).isTrue();
      assertThat(events.awaitPath("fetch", "ready"))
          .isEqualTo("offline>pulling>starting>warming>ready");
    }
    assertWhole("fetch");
    hal0.verb("fetch", "unload");
    int asked = server.asked().size();
    hal0.verb("fetch", "load");
    assertThat(server.asked()).as("it is there now").hasSize(asked);
  }

  @Test
  void anUnloadEndsThePullAtOnceAndTheNextGoesOn() throws Exception {
    hal0.addSlot("given", slot("given"));
    CountDownLatch never = new CountDownLatch(1);
    server.next(Manner.waitsAfter(1_000_000, never));
    CompletableFuture<Answer> load = inBackground("given", "load", "{}");
    awaitBytes("given");
    JsonNode offline = hal0.verb("given", "unload");
    assertThat(state(offline)).isEqualTo("offline");
    assertThat(reason(offline)).isEqualTo("cancelled");
    answer(load).error(409, "slot.cancelled");
    assertThat(systemd.property(Hal0.unit("given"), "InvocationID")).isEmpty();
    assertThat(state(hal0.verb("given", "load"))).isEqualTo("ready");
    assertWhole("given");
    assertThat(server.asked().getLast().header("range")).startsWith("bytes=");
  }

  @Test
  void wrongBytesEndTheLoadAndSayWhy() throws Exception {
    hal0.addSlot("wrong", slot("wrong"));
    server.next(Manner.GOOD.spoiling());
    JsonNode error = hal0.post("/api/slots/wrong/load", "{}").error(502, "slot.pull_failed");
    assertThat(error.at("/details/sha256_wanted").asText()).isEqualTo(server.sha256());
    assertThat(error.at("/details/path").asText()).isEqualTo(path("wrong").toString());
    JsonNode slot = hal0.slot("wrong");
    assertThat(state(slot)).isEqualTo("error");
    assertThat(reason(slot)).isEqualTo("pull_failed");
    assertThat(path("wrong")).doesNotExist();
    assertThat(systemd.property(Hal0.unit("wrong"), "InvocationID")).isEmpty();
    assertThat(state(hal0.verb("wrong", "load"))).isEqualTo("ready");
    assertWhole("wrong");
  }

  @Test
  void aPullGoesOnWhenTheDaemonWasKilled() throws Exception {
    hal0.addSlot("killed", slot("killed"));
    CountDownLatch never = new CountDownLatch(1);
    server.next(Manner.waitsAfter(1_000_000, never));
    hal0.verbNoWait("killed", "load");
    awaitBytes("killed");
    hal0.kill9();
    hal0.startDaemon();
    hal0.awaitState("killed", "ready");
    assertWhole("killed");
    assertThat(server.asked().getLast().header("range")).startsWith("bytes=");
  }

  @Test
  void modelsAreListedFetchedCheckedAndRemoved() throws Exception {
    Path path = path("shelf");
    String entry = "[models.\"org/shelf\"]\npath = \"%s\"\nsource = \"%s\"\nsha256 = \"%s\"\n";
    Files.writeString(
        hal0.configDir().resolve("models.toml"),
        String.format(entry, path, server.url("/shelf.gguf"), server.sha256()));
    hal0.addSlot("shelf", SlotText.llama().model("org/shelf"));
    Await.until(
        "the model is known",
        Await.LONG,
        () -> hal0.get("/api/models/org%2Fshelf").text().contains("\"slots\":[\"shelf\"]"));
    assertThat(hal0.cli("models", "list").orThrow()).contains("org/shelf", "not fetched");

    assertThat(hal0.cli("models", "pull", "org/shelf").orThrow()).contains(path.toString());
    assertThat(Files.readAllBytes(path)).isEqualTo(server.content());
    assertThat(hal0.cli("models", "verify", "org/shelf").orThrow()).contains("is right");
    assertThat(hal0.cli("models", "list").orThrow()).contains("3.0 MB", "verified");

    hal0.verb("shelf", "load");
    assertThat(hal0.cli("models", "rm", "org/shelf").err()).contains("is used by shelf");
    hal0.send("DELETE", "/api/models/org%2Fshelf", null).error(401, "auth.required");
    hal0.verb("shelf", "unload");
    byte[] other = server.content();
    other[7] ^= 1;
    Files.write(path, other);
    assertThat(hal0.cli("models", "verify", "org/shelf").err()).contains("is wrong");
    hal0.cli("models", "rm", "org/shelf").orThrow();
    assertThat(path).doesNotExist();

    server.usually(Manner.says(403, Map.of()));
    assertThat(hal0.cli("models", "pull", "org/shelf").err()).contains("403");
    assertThat(hal0.cli("models", "pull", "nothing").err()).contains("no model is called");
  }

  @Test
  void aSwapEndsThePullAndASecondLoadJoinsIt() throws Exception {
    hal0.addSlot("joined", slot("joined"));
    CountDownLatch gate = new CountDownLatch(1);
    server.next(Manner.waitsAfter(1_000_000, gate));
    CompletableFuture<Answer> first = inBackground("joined", "load", "{}");
    awaitBytes("joined");
    hal0.post("/api/slots/joined/load?wait=0", "{\"model_id\":\"tiny\"}").with(202);
    hal0.post("/api/slots/joined/load", "{\"model_id\":\"other\"}")
        .error(409, "slot.model_mismatch");
    JsonNode swapped = hal0.post("/api/slots/joined/swap", "{\"model_id\":\"other\"}").with(200);
    assertThat(state(swapped)).isEqualTo("ready");
    assertThat(swapped.path("model_id").asText()).isEqualTo("other");
    answer(first).error(409, "slot.cancelled");
    gate.countDown();
  }
}
