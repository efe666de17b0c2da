package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** {@code supervise = true}: the server is the child of a process that tells systemd how it is. */
final class SuperviseTest extends E2e {
  @TempDir Path directory;

  private static SlotText supervised() {
    return SlotText.llama().set("run", "supervise", "true").set("probe", "grace", "\"1h\"");
  }

  private static SlotText shell(String script) {
    return supervised().command("sh", "-c", script);
  }

  /** The server: the supervisor's only child, waited for. */
  private static ProcessHandle server(int supervisor) {
    return Await.value(
            "a server below " + supervisor,
            Await.LONG,
            () -> ProcessHandle.of(supervisor).flatMap(one -> one.children().findFirst()),
            Optional::isPresent)
        .orElseThrow();
  }

  /**
   * @param status the exit code, or the signal's number
   * @param signal its name; empty where it exited
   */
  private record End(String name, String script, int status, String signal) {}

  @Test
  void everyEndIsPassedOnAsItWas() {
    List<End> ends =
        List.of(
            new End("code", "exit 42", 42, ""),
            new End("seems-killed", "exit 137", 137, ""),
            new End("killed", "kill -KILL $$", 9, "SIGKILL"),
            new End("faulty", "kill -SEGV $$", 11, "SIGSEGV"),
            new End("aborted", "kill -ABRT $$", 6, "SIGABRT"),
            new End("asked", "kill -TERM $$", 15, "SIGTERM"));
    List<CompletableFuture<Answer>> loads = new ArrayList<>();
    ends.forEach(end -> hal0.writeSlot(end.name(), shell(end.script())));
    hal0.writeSlot("missing", supervised().command("/no/such/server"));
    ends.forEach(end -> loads.add(inBackground(end.name(), "load", "{}")));
    for (int i = 0; i < ends.size(); i++) {
      End end = ends.get(i);
      Answer answer = loads.get(i).join();
      JsonNode details = answer.error(500, "slot.spawn_failed").path("details");
      assertThat(details.path("exit_status").asInt(-1)).as(answer.text()).isEqualTo(end.status());
      assertThat(details.path("signal").asText()).as(answer.text()).isEqualTo(end.signal());
    }
    JsonNode details = hal0.post("/api/slots/missing/load", "{}").error(500, "slot.spawn_failed");
    assertThat(details.at("/details/exit_status").asInt()).isEqualTo(203);
  }

  @Test
  void theServerGetsWhatTheFileSaysAndNothingOfOurs() throws IOException {
    List<String> words =
        List.of("", "--", "--port", "two words", "$HOME ${HOME} %t %%", "new\nline", "ünï ☃ \\");
    Path said = directory.resolve("said");
    String script =
        "for word; do printf '%s\\0' \"$word\"; done >\"$0.part\"; env -0 >\"$0.env\";"
            + " mv \"$0.part\" \"$0\"; exec sleep 1000";
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, said.toString()));
    command.addAll(words);
    hal0.writeSlot(
        "words", supervised().command(command.toArray(String[]::new)).env("OWN", "☃ $x %n"));
    hal0.verbNoWait("words", "load");
    Await.until("the server's words", Await.LONG, () -> Files.exists(said));
    assertThat(split(said)).isEqualTo(words);
    assertThat(split(said.resolveSibling("said.env")))
        .contains("OWN=☃ $x %n")
        .noneMatch(one -> one.startsWith("NOTIFY_SOCKET=") || one.startsWith("WATCHDOG_"));
    assertThat(state(hal0.verb("words", "unload"))).isEqualTo("offline");
  }

  private static List<String> split(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    return List.of(text.substring(0, text.length() - 1).split("\0", -1));
  }

  @Test
  void aUnitAfterItStartsWhenTheModelCanAnswerAlsoWithoutTheDaemon() {
    String unit = Hal0.unit("first");
    SlotText slot = supervised().with("--do", "loading");
    hal0.addSlot("first", slot);
    Await.until("its drop-in", Await.LONG, () -> systemd.property(unit, "Type").equals("notify"));
    systemd.writeUnit(
        "second.service",
        "[Unit]\nRequires="
            + unit
            + "\nAfter="
            + unit
            + "\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n");
    hal0.term();
    try {
      systemd.systemctl("start", "--no-block", "second.service").orThrow();
      Await.until(
          "it says that it loads",
          Await.LONG,
          () -> systemd.property(unit, "StatusText").contains("Loading model"));
      assertThat(systemd.property(unit, "ActiveState")).isEqualTo("activating");
      assertThat(systemd.property("second.service", "ActiveState")).isEqualTo("inactive");
      slot.upstream().tell("ok");
      Await.until(
          "the second has started",
          Await.LONG,
          () -> systemd.property("second.service", "ActiveState").equals("active"));
      assertThat(systemd.property(unit, "StatusText")).isEqualTo("serving tiny");
      assertThat(systemd.property(unit, "ActiveState")).isEqualTo("active");
    } finally {
      hal0.startDaemon();
    }
    assertThat(reason(hal0.awaitState("first", "ready"))).isEqualTo("adopted");
  }

  @Test
  void theDaemonFollowsItsLoadAndCanEndIt() {
    SlotText slot = supervised().with("--do", "loading");
    hal0.writeSlot("loads", slot);
    hal0.verbNoWait("loads", "load");
    JsonNode warming =
        hal0.await(
            "loads",
            "loads",
            one ->
                state(one).equals("warming")
                    && one.at("/probe/verdict").asText().equals("loading"));
    assertThat(warming.at("/unit/active_state").asText()).isEqualTo("activating");
    long server = server(mainPid(warming)).pid();
    assertThat(state(hal0.verb("loads", "unload"))).isEqualTo("offline");
    Await.until("the server's end", Await.LONG, () -> ProcessHandle.of(server).isEmpty());

    var load = inBackground("loads", "load", "{}");
    slot.upstream().awaitListening().tell("ok");
    assertThat(state(load.join().with(200))).isEqualTo("ready");
    hal0.await("loads", "up", one -> one.at("/unit/active_state").asText().equals("active"));
    kill(Math.toIntExact(server(mainPid(hal0.slot("loads"))).pid()));
    JsonNode error = hal0.awaitState("loads", "error");
    assertThat(reason(error)).isEqualTo("unit_died");
    assertThat(error.path("message").asText()).contains("SIGKILL");
  }

  @Test
  void aServerGoesWithItsSupervisorAndComesBackWithAnother() {
    hal0.writeSlot("orphan", supervised().restarted("500ms"));
    JsonNode first = hal0.verb("orphan", "load");
    ProcessHandle server = server(mainPid(first));
    kill(mainPid(first));
    Await.until("the server's end", Await.LONG, () -> !server.isAlive());
    JsonNode second =
        hal0.await(
            "orphan",
            "ready again",
            one -> state(one).equals("ready") && !invocation(one).equals(invocation(first)));
    assertThat(server(mainPid(second)).pid()).isNotEqualTo(server.pid());
  }

  @Test
  void aStopIsCleanWithAStreamOpen() throws IOException {
    SlotText slot = supervised().with("--do", "silent-at 2");
    hal0.writeSlot("open", slot);
    hal0.verb("open", "load");
    try (Stream stream = new Stream(slot.port())) {
      stream.until("word1");
      systemd.systemctl("stop", Hal0.unit("open")).orThrow();
      assertThat(systemd.property(Hal0.unit("open"), "ActiveState")).isEqualTo("inactive");
    }
    assertThat(reason(hal0.awaitState("open", "offline"))).isEqualTo("stopped_externally");
  }

  /** Three times as long as the watchdog waits the server only streams; then it does nothing. */
  @Test
  void theWatchdogSparesAServerAtWorkAndRestartsOneThatHangs() throws IOException {
    SlotText slot =
        supervised()
            .restarted("500ms")
            .set("run", "watchdog", "\"10s\"")
            .with("--do", "tokens 120", "--do", "token-ms 250");
    hal0.writeSlot("hangs", slot);
    hal0.verb("hangs", "load");
    // Also the supervisor must have seen it serve: a load may be silent.
    JsonNode first =
        hal0.await("hangs", "up", one -> one.at("/unit/active_state").asText().equals("active"));
    try (Stream stream = new Stream(slot.port())) {
      stream.until("word0");
      slot.upstream().tell("hang");
      stream.until("[DONE]");
    }
    hal0.await(
        "hangs",
        "ready again",
        one -> state(one).equals("ready") && !invocation(one).equals(invocation(first)));
    assertThat(systemd.log()).contains("hangs: no probe answered and no byte moved for 5000 ms");
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "LLAMA_SERVER",
      matches = ".+",
      disabledReason = "LLAMA_SERVER does not name a llama-server")
  void aRealLlamaServerIsReadyWhenItAnswers() {
    String server = System.getenv("LLAMA_SERVER");
    String model = Path.of(server).resolveSibling("tiny.gguf").toString();
    SlotText slot =
        supervised()
            .set("run", "watchdog", "\"2m\"")
            .command(server, "-m", model, "--host", "127.0.0.1", "--port", "{port}", "-t", "1");
    hal0.writeSlot("real", slot);
    assertThat(state(hal0.verb("real", "load"))).isEqualTo("ready");
    hal0.await("real", "up", one -> one.at("/unit/active_state").asText().equals("active"));
    assertThat(systemd.property(Hal0.unit("real"), "StatusText")).isEqualTo("serving tiny");
    assertThat(state(hal0.verb("real", "unload"))).isEqualTo("offline");
    assertThat(systemd.property(Hal0.unit("real"), "Result")).isEqualTo("success");
  }

  /** A chat with the server itself, past the gateway. */
  private static final class Stream implements AutoCloseable {
    private static final String BODY = "{\"stream\": true}";

    private final Socket socket;
    private final StringBuilder read = new StringBuilder();

    Stream(int port) throws IOException {
      socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
      socket.setSoTimeout(Math.toIntExact(Await.LONG.toMillis()));
      String head =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
      String rest = "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;
      socket.getOutputStream().write((head + rest).getBytes(StandardCharsets.US_ASCII));
    }

    void until(String text) throws IOException {
      while (read.indexOf(text) < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          throw new AssertionError("the stream ended before " + text + ": " + read);
        }
        read.append((char) next);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
