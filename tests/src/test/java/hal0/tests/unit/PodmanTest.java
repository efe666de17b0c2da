package hal0.tests.unit;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecFile;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.slots.unit.ModelPaths;
import hal0.systemd.Scope;
import hal0.tests.bed.Await;
import hal0.tests.bed.Ports;
import hal0.tests.bed.PrivatePodman;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.Ran;
import hal0.tests.bed.RealSystemd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That a container under a real systemd starts, stops and dies as a slot must, and that nothing of
 * it is left over.
 */
@RealSystemd
@Tag("full")
class PodmanTest {
  private static final String UNIT = "hal0-slot@box.service";
  private static final String CONTAINER = "hal0-slot-box";
  private static final String SERVE = "exec /bin/httpd -f -h /www -p 127.0.0.1:{port}";

  private static PrivateSystemd systemd;
  private static PrivatePodman podman;

  @TempDir Path shared;
  private int port;

  @BeforeAll
  static void start() {
    PrivatePodman.Attempt attempt = PrivatePodman.start();
    if (attempt.podman().isEmpty()) {
      System.out.println("[podman] SKIPPED the tests of containers: " + attempt.whyNot());
    }
    Assumptions.assumeTrue(attempt.podman().isPresent(), attempt.whyNot());
    podman = attempt.podman().get();
    systemd = PrivateSystemd.start();
    systemd.writeUnit("hal0-slot@.service", "[Service]\nType=exec\nExecStart=/bin/false\n");
    podman
        .environment()
        .forEach((key, value) -> systemd.systemctl("set-environment", key + "=" + value).orThrow());
  }

  @AfterAll
  static void stop() {
    if (systemd != null) {
      systemd.close();
    }
    if (podman != null) {
      podman.close();
    }
  }

  @BeforeEach
  void choosePort() {
    port = Ports.free();
  }

  @AfterEach
  void nothingIsLeftOver() {
    systemd.systemctl("stop", UNIT);
    systemd.systemctl("reset-failed", UNIT);
    awaitNoContainer();
    assertThat(systemd.runtimeDir().resolve(CONTAINER + ".cid")).doesNotExist();
    assertThat(answers()).isFalse();
  }

  @Test
  void servesAndStopsAndServesAgain() throws Exception {
    write(SERVE, Map.of());
    for (int round = 0; round < 2; round++) {
      systemd.systemctl("start", UNIT).orThrow();
      awaitServer();
      assertThat(comm(mainPid())).isEqualTo("conmon");
      assertThat(systemd.systemctl("stop", UNIT).ok()).isTrue();
      assertStopped();
      awaitNoContainer();
    }
  }

  @Test
  void argumentsAndVariablesReachTheContainer() throws Exception {
    List<String> hostile = List.of("", "two words", "\"'\\", "$HOME %t ;", "new\nline", "ünï ☃");
    Map<String, Object> run = new HashMap<>();
    run.put("volumes", List.of(shared + ":/shared"));
    run.put("env", Map.of("HOSTILE", "a $b %c \"d\" 'e' \\ \n f,g=h"));
    String script =
        "{ for word; do printf '%s\\0' \"$word\"; done; printf '%s\\0' \"$HOSTILE\"; }"
            + " >/shared/part; mv /shared/part /shared/said; exec /bin/sleep 1000";
    write(script, run, hostile);
    systemd.systemctl("start", UNIT).orThrow();
    Path said = shared.resolve("said");
    Await.until("the container's words", Await.LONG, () -> Files.exists(said));
    List<String> words = Arrays.asList(Files.readString(said).split("\0", -1));
    assertThat(words.subList(0, hostile.size())).isEqualTo(hostile);
    assertThat(words.get(hostile.size())).isEqualTo("a $b %c \"d\" 'e' \\ \n f,g=h");
  }

  @Test
  void aModelIsThereAndCannotBeWritten() throws Exception {
    Path model = Files.writeString(shared.resolve("a, \"b\" model.gguf"), "weights");
    Map<String, Object> run = new HashMap<>();
    run.put("volumes", List.of(shared + ":/shared"));
    String script =
        "{ cat \"$1\"; { echo bad >\"$1\"; } 2>/dev/null && echo written; } >/shared/part; "
            + "mv /shared/part /shared/said; exec /bin/sleep 1000";
    write(script, run, List.of("{model_path}"), Map.of("default", "m", "path", model.toString()));
    systemd.systemctl("start", UNIT).orThrow();
    Path said = shared.resolve("said");
    Await.until("the container's words", Await.LONG, () -> Files.exists(said));
    assertThat(said).hasContent("weights");
  }

  @Test
  void aStopBeforeTheServerHandlesSignalsIsClean() throws Exception {
    write("/bin/sleep 1000; " + SERVE, Map.of());
    systemd.systemctl("start", UNIT).orThrow();
    assertThat(systemd.systemctl("stop", UNIT).ok()).isTrue();
    // Had the signal been ignored, the container would have been killed: exit 137, which is a
    // failure.
    assertStopped();
  }

  @Test
  void aKilledContainerIsAFailure() throws Exception {
    write(SERVE, Map.of());
    systemd.systemctl("start", UNIT).orThrow();
    awaitServer();
    podman.run("kill", "--signal=KILL", CONTAINER).orThrow();
    awaitFailed("exit-code");
  }

  @Test
  void aKilledConmonIsAFailureAndTakesTheContainerWithIt() throws Exception {
    write(SERVE, Map.of());
    systemd.systemctl("start", UNIT).orThrow();
    awaitServer();
    Ran.of(Map.of(), Await.LONG, List.of("kill", "-KILL", mainPid())).orThrow();
    awaitFailed("signal");
  }

  @Test
  void systemdRestartsAContainerThatDied() throws Exception {
    write(SERVE, Map.of("restart", "on-failure", "restart_sec", "100ms"));
    systemd.systemctl("start", UNIT).orThrow();
    awaitServer();
    podman.run("kill", "--signal=KILL", CONTAINER).orThrow();
    Await.until("a restart", Await.LONG, () -> !systemd.property(UNIT, "NRestarts").equals("0"));
    awaitServer();
  }

  @Test
  void anImageThatIsMissingIsAFailure() throws Exception {
    Map<String, Object> run = new HashMap<>();
    // Nothing listens there: the pull is refused at once.
    run.put("image", "127.0.0.1:" + port + "/none:1");
    write(SERVE, run);
    assertThat(systemd.systemctl("start", UNIT).ok()).isFalse();
    awaitFailed("exit-code");
  }

  @Test
  void aStaleContainerIsReplaced() throws Exception {
    podman.run("create", "--name=" + CONTAINER, PrivatePodman.IMAGE, "-c", "exit 7").orThrow();
    Files.writeString(systemd.runtimeDir().resolve(CONTAINER + ".cid"), "stale");
    write(SERVE, Map.of());
    systemd.systemctl("start", UNIT).orThrow();
    awaitServer();
  }

  private void write(String script, Map<String, Object> run) throws Exception {
    write(script, run, List.of());
  }

  private void write(String script, Map<String, Object> run, List<String> words) throws Exception {
    write(script, run, words, Map.of());
  }

  private void write(
      String script, Map<String, Object> run, List<String> words, Map<String, Object> model)
      throws Exception {
    Map<String, Object> table =
        new HashMap<>(Map.of("image", PrivatePodman.IMAGE, "restart", "no"));
    table.putAll(run);
    List<String> command = new ArrayList<>(List.of("-c", script, "sh"));
    command.addAll(words);
    table.put("command", command);
    Map<String, Object> json =
        Map.of("provider", "generic", "port", port, "run", table, "model", model);
    SlotSpec spec =
        SpecFile.ofJson("box", json)
            .spec()
            .orElseThrow(() -> new AssertionError(SpecFile.ofJson("box", json)));
    DropInFiles files =
        new DropInFiles(
            systemd.unitDir(),
            () -> Host.here(Scope.USER, System.getenv()),
            ModelPaths.ofSlotFiles());
    files.write(spec, spec.model().id());
    systemd.systemctl("daemon-reload").orThrow();
  }

  private static void awaitNoContainer() {
    Await.value("no container", Await.LONG, podman::containers, List::isEmpty);
  }

  private void awaitServer() {
    Await.until("the server in the container", Await.LONG, this::answers);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void awaitFailed(String result) {
    Await.value(
        "a failed unit", Await.LONG, () -> systemd.property(UNIT, "ActiveState"), "failed"::equals);
    assertThat(systemd.property(UNIT, "Result")).isEqualTo(result);
  }

  private static void assertStopped() {
    assertThat(systemd.property(UNIT, "ActiveState")).isEqualTo("inactive");
    assertThat(systemd.property(UNIT, "Result")).isEqualTo("success");
  }

  private static String mainPid() {
    return systemd.property(UNIT, "MainPID");
  }

  private static String comm(String pid) throws IOException {
    return Files.readString(Path.of("/proc", pid, "comm")).strip();
  }
}
