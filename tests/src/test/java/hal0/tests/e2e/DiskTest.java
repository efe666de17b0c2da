package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.tests.bed.Await;
import hal0.tests.bed.FileServer;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.Ran;
import hal0.tests.bed.RealSystemd;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The state directory lies on a disk of its own, which gets full, or can only be read. */
@RealSystemd
final class DiskTest {
  private static PrivateSystemd systemd;
  private static Hal0 hal0;

  @BeforeAll
  static void up() throws IOException {
    boolean mounts =
        Ran.of(
                Map.of(),
                Duration.ofMinutes(1),
                List.of("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"))
            .ok();
    if (!mounts) {
      System.out.println("[full disk] SKIPPED DiskTest: nothing can be mounted here");
    }
    assumeTrue(mounts, "nothing can be mounted here");
    systemd = PrivateSystemd.start();
    hal0 = Hal0.prepare(systemd);
    hal0.cli("install").orThrow();
    Files.createDirectories(hal0.stateDir());
    String mount = "mount -t tmpfs -o size=256k,mode=700 tmpfs \"$0\" && exec \"$@\"";
    hal0.wrappedBy(
        "unshare", "--mount", "--propagation", "private", "sh", "-c", mount, state().toString());
    hal0.startDaemon();
  }

  @AfterAll
  static void down() {
    if (hal0 != null) {
      hal0.close();
    }
    if (systemd != null) {
      systemd.close();
    }
  }

  private static Path state() {
    return hal0.stateDir();
  }

  /** The daemon's own view of its state directory. */
  private static Path seenByDaemon() {
    return Path.of("/proc/" + hal0.daemon().pid() + "/root" + state());
  }

  @Test
  void aFullDiskLeavesTheStateTrueAndIsSaid() {
    Path filler = seenByDaemon().resolve("filler");
    survives(
        "full",
        () -> Ran.of(Map.of(), Await.LONG, List.of("dd", "if=/dev/zero", "of=" + filler)),
        () -> Ran.of(Map.of(), Await.LONG, List.of("rm", filler.toString())).orThrow());
  }

  @Test
  void aDiskThatCanOnlyBeReadLeavesTheStateTrueAndIsSaid() {
    survives("sealed", DiskTest::seal, DiskTest::unseal);
  }

  @Test
  void aModelThatDoesNotFitIsNotFetchedAndItsSizeIsSaid() throws IOException {
    try (FileServer server = FileServer.of(1_000_000)) {
      Path path = state().resolve("models/big.gguf");
      hal0.addSlot(
          "big",
          SlotText.llama()
              .set("model", "path", "\"" + path + "\"")
              .set("model", "source", "\"" + server.url("/big.gguf") + "\""));
      JsonNode refused = hal0.post("/api/slots/big/load", "{}").error(502, "slot.pull_failed");
      assertThat(refused.path("message").asText()).contains("no room on the disk");
      assertThat(refused.at("/details/bytes_needed").asLong()).isGreaterThan(1_000_000);
      assertThat(refused.at("/details/bytes_free").asLong()).isLessThan(262_144);

      server.usually(FileServer.Manner.GOOD.inChunks());
      JsonNode full = hal0.post("/api/slots/big/load", "{}").error(502, "slot.pull_failed");
      assertThat(full.path("message").asText()).contains("is full");
      assertThat(full.at("/details/bytes").asLong()).isPositive();
      assertThat(hal0.slot("big").path("reason").asText()).isEqualTo("pull_failed");
      entered("rm", "-r", state().resolve("models").toString());
    }
  }

  /** Of the records only: the lock is held open for writing. */
  private static void seal() {
    String bind = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";
    entered("sh", "-c", bind, state().resolve("slots").toString());
  }

  private static void unseal() {
    entered("umount", "-l", state().resolve("slots").toString());
  }

  private static void entered(String... argv) {
    List<String> command = new ArrayList<>(List.of("nsenter", "-m", "-t"));
    command.add(Long.toString(hal0.daemon().pid()));
    command.addAll(List.of(argv));
    systemd.run(command.toArray(String[]::new)).orThrow();
  }

  private static void survives(String name, Runnable breaking, Runnable mending) {
    hal0.addSlot(name, SlotText.llama());
    JsonNode ready = hal0.verb(name, "load");
    assertThat(recorded(name)).isEqualTo("ready");

    breaking.run();
    try {
      assertSaidAndTrue(name, E2e.mainPid(ready));
    } finally {
      mending.run();
    }
    Await.value("the record", Await.LONG, () -> recorded(name), "error"::equals);
    hal0.await(name, "saved again", slot -> !slot.path("message").asText().contains("not saved"));
    assertThat(E2e.state(hal0.verb(name, "load"))).isEqualTo("ready");
    assertThat(recorded(name)).isEqualTo("ready");
  }

  private static void assertSaidAndTrue(String name, int pid) {
    E2e.kill(pid);
    JsonNode error = hal0.awaitState(name, "error");
    assertThat(error.path("message").asText()).contains("not saved");
    assertThat(error.path("routable").asBoolean()).isFalse();
    assertThat(recorded(name)).as("what the disk has").isEqualTo("ready");
    hal0.post("/api/slots/" + name + "/load", "{}").error(507, "slot.not_saved");
    assertThat(systemd.property(Hal0.unit(name), "ActiveState")).isEqualTo("failed");
    assertThat(hal0.get("/readyz").status()).isEqualTo(200);
  }

  private static String recorded(String name) {
    try {
      return new ObjectMapper()
          .readTree(seenByDaemon().resolve("slots/" + name + "/state.json").toFile())
          .path("state")
          .asText();
    } catch (IOException e) {
      throw new AssertionError("a record that is not whole", e);
    }
  }
}
