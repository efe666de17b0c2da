package hal0.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract §7: what each outcome looks like to a script. */
class ExitCodesTest {
  private static final String CHAT =
      "{\"name\":\"chat\",\"state\":\"ready\",\"reason\":\"loaded\",\"message\":\"\",\"model_id\":\"qwen3-4b\","
          + "\"port\":8101,\"updated_at\":1772366390.5,\"config_error\":null}";
  private static final String TTS =
      "{\"name\":\"tts\",\"state\":\"offline\",\"reason\":\"new\",\"message\":null,\"model_id\":null,\"port\":8102,\"updated_at\":1772366390.5,\"config_error\":\"provider:"
          + " missing\"}";
  private static final String STREAM = "/api/slots/chat/state/stream";

  @TempDir private Path home;
  private ApiStandIn api;

  @BeforeEach
  void start() throws Exception {
    api = new ApiStandIn();
    api.answer("GET /api/slots", 200, "[" + TTS + "," + CHAT + "]\n");
    api.answer("GET /api/slots/chat", 200, CHAT);
    api.answer("GET /api/slots/tts", 200, TTS);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private CliRun cli() {
    return new CliRun(home).with("HAL0_URL", api.url());
  }

  private static void assertFailure(CliRun.Result result, int code, String text) {
    assertThat(result.err()).startsWith("hal0: ").contains(text).endsWith("\n");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.code()).isEqualTo(code);
  }

  @Test
  void statusIsATableByName() {
    CliRun.Result result = cli().run("slots", "status");
    assertThat(result).isEqualTo(cli().runLongWay("slot", "status"));
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .isEqualTo(
            """
            NAME  STATE    MODEL     PORT  SINCE  MESSAGE
            chat  ready    qwen3-4b  8101  9s
            tts   offline  -         8102  9s     provider: missing
            """);
  }

  @Test
  void jsonIsTheApisOwn() {
    assertThat(cli().run("slots", "status", "--json").out())
        .isEqualTo("[" + TTS + "," + CHAT + "]\n");
    assertThat(cli().run("slots", "status", "chat", "--json").out()).isEqualTo(CHAT + "\n");
    assertThat(cli().run("slots", "status", "--json", "tts", "chat").out())
        .isEqualTo("[" + TTS + "," + CHAT + "]\n");
  }

  @Test
  void noSuchSlotIsFour() {
    assertFailure(cli().run("slots", "status", "nope"), 4, "nope");
    assertFailure(cli().run("slots", "status", "--json", "nope"), 4, "no such slot");
    assertFailure(cli().run("slots", "load", "nope"), 4, "no such slot");
    assertFailure(cli().run("slots", "delete", "../x"), 4, "no such slot");
    assertThat(cli().run("slots", "status", "chat", "nope").out()).contains("chat  ready");
  }

  @Test
  void anUnreachableDaemonIsThreeAndSaysWhereAndHow() throws Exception {
    int free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    String url = "http://127.0.0.1:" + free;
    assertFailure(
        cli().run("slots", "status", "--url", url), 3, url + " (from --url): connection refused");
    assertFailure(cli().run("slots", "load", "chat", "--url=" + url), 3, "to start it: hal0 serve");
    assertFailure(
        cli().with("HAL0_URL", url).run("slots", "status", "--watch"), 3, "(from HAL0_URL)");
    Path unit = home.resolve(".config/systemd/user/hal0.service");
    Files.createDirectories(unit.getParent());
    Files.createFile(unit);
    assertFailure(
        cli().with("HAL0_URL", url).run("slots", "status"), 3, "systemctl --user start hal0");
  }

  @Test
  void whatIsNotHal0IsThreeToo() {
    api.answer("GET /api/slots", 200, "<html>");
    assertFailure(cli().run("slots", "status"), 3, "is not hal0");
    api.answer("GET /api/slots", 404, "<html>");
    assertFailure(cli().run("slots", "status"), 3, "is not hal0 (status 404)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "slots load",
        "slots loda chat",
        "slots status --nope",
        "slots swap chat",
        "slots create chat",
        "slots logs chat -n many",
        "slots logs chat -n 0",
        "slots create chat --file /no/such/file",
        "slots status --url ftp://x",
        "nonsense",
        "--nonsense"
      })
  void wrongUsageIsTwo(String line) {
    assertFailure(cli().run(line.split(" ")), 2, "");
  }

  @Test
  void aGroupAloneShowsItsCommands() {
    assertThat(cli().run("slots").code()).isEqualTo(2);
    assertThat(cli().run("slots").err()).contains("load", "unload", "status");
    assertThat(cli().run().code()).isEqualTo(2);
    assertThat(cli().run("--help").out()).contains("serve", "slots", "no such slot");
    assertThat(cli().run("slots", "load", "--help").out())
        .contains("--model", "--no-wait", "--url");
  }

  @Test
  void aRefusedLoadIsOneWithTheReason() {
    api.refuse(
        "POST /api/slots/chat/load", 500, "slot.spawn_failed", "chat: exit code 1\\nsecond line");
    CliRun.Result result = cli().run("slots", "load", "chat");
    assertFailure(result, 1, "hal0: chat: exit code 1 second line (see: hal0 slots logs chat)");
    api.refuse(
        "POST /api/slots/chat/swap", 503, "systemd.unavailable", "systemd cannot be reached");
    assertFailure(cli().run("slots", "swap", "chat", "m"), 1, "systemd cannot be reached");
    api.refuse("DELETE /api/slots/chat", 401, "auth.required", "a token is needed");
    assertFailure(cli().run("slots", "delete", "chat"), 1, "set HAL0_TOKEN");
    assertFailure(
        cli().with("HAL0_TOKEN", "x").run("slots", "delete", "chat"), 1, "not this daemon's");
  }

  @Test
  void aLoadTellsEveryTransitionThenTheEnd() {
    CliRun run = cli();
    api.answer(
        "POST /api/slots/chat/load",
        200,
        CHAT,
        () -> {
          transition("b-2", "offline", "starting", "");
          transition("b-3", "starting", "warming", "503 on /health: Loading model");
          transition("b-4", "warming", "ready", "");
          WatchTest.await(() -> run.written().endsWith("ready\n"));
        });
    api.event(STREAM, "snapshot", "b-1", "[" + CHAT.replace("ready", "offline") + "]");
    CliRun.Result result = run.run("slots", "load", "chat", "--model", "say \"hi\"");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            chat  0.0 s  starting
            chat  0.0 s  warming  503 on /health: Loading model
            chat  0.0 s  ready
            chat is ready: qwen3-4b on port 8101 (0.0 s)
            """);
    assertThat(bodies("POST /api/slots/chat/load"))
        .containsExactly("{\"model_id\":\"say \\\"hi\\\"\"}");
  }

  private void transition(String id, String from, String to, String message) {
    String data =
        "{\"seq\":1,\"at\":\"2026-03-01T12:00:00.000Z\",\"slot\":\"chat\",\"from\":\"%s\",\"to\":\"%s\","
            + "\"reason\":\"requested\",\"message\":\"%s\",\"model_id\":\"qwen3-4b\"}";
    api.event(STREAM, "transition", id, data.formatted(from, to, message));
  }

  private List<String> bodies(String call) {
    return api.requests().stream()
        .filter(r -> r.call().equals(call))
        .map(ApiStandIn.Request::body)
        .toList();
  }

  @Test
  void theLiveLineIsDrawnInPlaceAndLeavesNothing() {
    CliRun run = cli().onTerminal(24, 40);
    api.event(STREAM, "snapshot", "b-1", "[" + CHAT.replace("ready", "offline") + "]");
    api.answer(
        "POST /api/slots/chat/load",
        200,
        CHAT,
        () -> {
          transition("b-2", "offline", "starting", "");
          WatchTest.await(() -> run.written().contains("starting"));
        });
    CliRun.Result result = run.run("slots", "load", "chat");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains(Terminal.HIDE_CURSOR);
    String end = result.out().substring(result.out().lastIndexOf(Terminal.ERASE_BELOW));
    assertThat(end)
        .isEqualTo(
            Terminal.ERASE_BELOW
                + Terminal.SHOW_CURSOR
                + "chat is ready: qwen3-4b on port 8101 (0.0 s)\n");
  }

  @Test
  void noWaitComesBackAtOnce() {
    api.answer("POST /api/slots/chat/load?wait=0", 202, CHAT.replace("ready", "starting"));
    assertThat(cli().run("slots", "load", "chat", "--no-wait").out())
        .isEqualTo("chat has taken it and is starting\n");
  }

  @Test
  void theTokenGoesToThisMachinesDaemonOnly() throws Exception {
    Path file = home.resolve(".local/state/hal0/token");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "s3cret\n");
    cli().run("slots", "status");
    cli().with("HAL0_TOKEN", "other").run("slots", "status");
    assertThat(api.requests())
        .extracting(ApiStandIn.Request::authorization)
        .containsExactly("Bearer s3cret", "Bearer other");
    assertThat(Token.of(cli().session(), "192.0.2.1")).isEmpty();
    assertThat(Token.of(cli().session(), "localhost")).contains("s3cret");
  }

  @Test
  void aSlotFileGoesWithItsComments() throws Exception {
    Path file =
        Files.writeString(
            home.resolve("x.toml"), "# mine\nprovider = \"generic\"\nport = 8109 # free\n");
    api.answer("POST /api/slots", 201, TTS);
    CliRun.Result result = cli().run("slots", "create", "tts", "--file", file.toString());
    assertThat(result.out()).isEqualTo("tts is made and offline; next: hal0 slots load tts\n");
    assertThat(bodies("POST /api/slots"))
        .containsExactly(
            "{\"toml\":\"# mine\\nprovider = \\\"generic\\\"\\nport = 8109 # free\\n\","
                + "\"name\":\"tts\"}");
    assertThat(api.requests().getLast().contentType()).isEqualTo("application/json");
    Files.writeString(file, "{\"provider\": \"generic\", \"port\": 8109}");
    cli().run("slots", "create", "tts", "--file", file.toString());
    assertThat(bodies("POST /api/slots").getLast())
        .isEqualTo("{\"provider\":\"generic\",\"port\":8109,\"name\":\"tts\"}");
    Files.writeString(file, "provider = \"generic\"\nport = = 1\n");
    assertFailure(cli().run("slots", "create", "tts", "--file", file.toString()), 1, "x.toml:2:");
  }

  @Test
  void enableAndLogs() {
    api.answer("POST /api/slots/chat/enable", 200, CHAT);
    assertThat(cli().run("slots", "enable", "chat", "--now").out())
        .isEqualTo("chat is enabled and ready\n");
    assertThat(bodies("POST /api/slots/chat/enable")).containsExactly("{\"now\":true}");
    api.answer(
        "GET /api/slots/chat/logs?lines=2",
        200,
        "{\"name\":\"chat\",\"lines\":[\"a\",\"b\"],\"hint\":null}");
    assertThat(cli().run("slots", "logs", "chat", "-n", "2").out()).isEqualTo("a\nb\n");
  }
}
