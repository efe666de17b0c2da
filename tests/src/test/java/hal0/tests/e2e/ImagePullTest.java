package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivatePodman;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import hal0.tests.bed.Registry;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers whose image is not there yet, from a registry. */
@RealSystemd
@Tag("full")
final class ImagePullTest {
  private static final String SERVE = "exec /bin/httpd -f -h /www -p 127.0.0.1:{port}";

  @TempDir static Path directory;
  private static PrivatePodman podman;
  private static PrivateSystemd systemd;
  private static Registry registry;
  private static Hal0 hal0;

  @BeforeAll
  static void start() throws IOException {
    PrivatePodman.Attempt attempt = PrivatePodman.start();
    if (attempt.podman().isEmpty()) {
      System.out.println("[podman] SKIPPED the tests of images: " + attempt.whyNot());
    }
    Assumptions.assumeTrue(attempt.podman().isPresent(), attempt.whyNot());
    podman = attempt.podman().get();
    registry = new Registry(podman, directory.resolve("image"));
    systemd = PrivateSystemd.start();
    hal0 = Hal0.prepare(systemd);
    podman
        .environment()
        .forEach(
            (key, value) -> {
              hal0.env(key, value);
              systemd.systemctl("set-environment", key + "=" + value).orThrow();
            });
    hal0.cli("install").orThrow();
    hal0.startDaemon();
  }

  @AfterAll
  static void stop() {
    if (hal0 != null) {
      hal0.close();
    }
    if (systemd != null) {
      systemd.close();
    }
    if (registry != null) {
      registry.close();
    }
    if (podman != null) {
      podman.close();
    }
  }

  private static SlotText slot(String image) {
    return SlotText.llama()
        .model("m")
        .command("-c", SERVE)
        .set("run", "runtime", "\"podman\"")
        .set("run", "image", "\"" + registry.image(image) + "\"");
  }

  private static CompletableFuture<Answer> load(String slot) {
    return CompletableFuture.supplyAsync(
        () -> hal0.post("/api/slots/" + slot + "/load", "{}"),
        task -> Thread.ofVirtual().start(task));
  }

  @Test
  void anImageIsPulledBeforeItsUnitIsStartedAndAnUnloadEndsThat() throws Exception {
    hal0.addSlot("box", slot("box:1"));
    CountDownLatch gate = new CountDownLatch(1);
    registry.holdLayers(gate);
    CompletableFuture<Answer> first = load("box");
    assertThat(registry.waited().await(Await.LONG.toSeconds() * 2, TimeUnit.SECONDS)).isTrue();
    JsonNode pulling = hal0.awaitState("box", "pulling");
    assertThat(pulling.at("/pull/what").asText()).isEqualTo("image");
    assertThat(pulling.at("/pull/name").asText()).isEqualTo(registry.image("box:1"));
    assertThat(pulling.path("message").asText()).contains(registry.image("box:1"));
    assertThat(hal0.verb("box", "unload").path("reason").asText()).isEqualTo("cancelled");
    first.get(Await.LONG.toSeconds() * 2, TimeUnit.SECONDS).error(409, "slot.cancelled");
    assertThat(systemd.property(Hal0.unit("box"), "InvocationID")).isEmpty();
    assertThat(podman.run("image", "exists", registry.image("box:1")).ok()).isFalse();

    gate.countDown();
    try (Events events = hal0.events("/api/slots/stream")) {
      events.await("the snapshot", event -> event.type().equals("snapshot"));
      JsonNode ready = hal0.verb("box", "load");
      assertThat(ready.path("state").asText()).isEqualTo("ready");
      assertThat(events.awaitPath("box", "ready"))
          .isEqualTo("offline>pulling>starting>warming>ready");
    }
    hal0.verb("box", "unload");
  }

  @Test
  void anImageThatThereIsNotEndsTheLoadAndSaysWhy() {
    hal0.addSlot("none", slot("nothing:1"));
    JsonNode error = hal0.post("/api/slots/none/load", "{}").error(502, "slot.pull_failed");
    assertThat(error.at("/details/image").asText()).isEqualTo(registry.image("nothing:1"));
    assertThat(error.at("/details/exit_status").asInt()).isPositive();
    assertThat(error.at("/details/output")).isNotEmpty();
    assertThat(hal0.slot("none").path("reason").asText()).isEqualTo("pull_failed");
    assertThat(systemd.property(Hal0.unit("none"), "InvocationID")).isEmpty();
  }
}
