package hal0.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code status --watch}: the table follows the stream, through lost connections too. */
class WatchTest {
  private static final String STREAM = "/api/slots/stream";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path home;
  private ApiStandIn api;
  private Thread watcher;

  @BeforeEach
  void start() throws Exception {
    api = new ApiStandIn();
    api.event(STREAM, "snapshot", "b-1", "[" + slot("offline") + "]");
  }

  @AfterEach
  void stop() {
    if (watcher != null) {
      watcher.interrupt();
    }
    api.close();
  }

  private static String slot(String state) {
    return "{\"name\":\"chat\",\"state\":\""
        + state
        + "\",\"reason\":\"new\",\"message\":\"\",\"model_id\":\"m\","
        + "\"port\":8101,\"updated_at\":1772366400}";
  }

  private void transition(String id, String from, String to, String message) {
    api.event(
        STREAM,
        "transition",
        id,
        "{\"at\":\"2026-03-01T12:00:00.000Z\",\"slot\":\"chat\",\"from\":\""
            + from
            + "\",\"to\":\""
            + to
            + "\",\"reason\":\"requested\",\"message\":\""
            + message
            + "\",\"model_id\":\"m\"}");
  }

  /** Looks again and again until it is so; a minute is enough on any machine. */
  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for a minute").isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private CompletableFuture<CliRun.Result> watch(CliRun run, String... more) {
    String[] args = new String[3 + more.length];
    System.arraycopy(new String[] {"slots", "status", "--watch"}, 0, args, 0, 3);
    System.arraycopy(more, 0, args, 3, more.length);
    var result = new CompletableFuture<CliRun.Result>();
    watcher =
        Thread.ofVirtual().start(() -> result.complete(run.with("HAL0_URL", api.url()).run(args)));
    return result;
  }

  @Test
  void linesWhereStdoutIsNoTerminalAndOnAgainAfterALoss() throws Exception {
    var run = new CliRun(home);
    watch(run);
    await(() -> run.written().contains("chat  offline  m"));
    transition("b-2", "offline", "starting", "");
    transition("b-3", "starting", "error", "exit code 1");
    await(() -> run.written().contains("chat  starting → error  exit code 1\n"));
    assertThat(run.written()).contains("chat  offline → starting\n").doesNotContain("\u001b");
    api.endStream(STREAM);
    await(() -> run.written().contains("ended the stream; trying again"));
    api.event(STREAM, "snapshot", "c-1", "[" + slot("ready") + "]");
    await(() -> run.written().contains("chat  error → ready\n"));
    assertThat(run.written()).contains("connected again");
    assertThat(api.requests().getLast().lastEventId()).isEqualTo("b-3");
  }

  @Test
  void drawnInPlaceOnATerminal() throws Exception {
    var run = new CliRun(home).onTerminal(24, 60).with("NO_COLOR", "1");
    watch(run, "chat");
    await(() -> run.written().contains("○ offline"));
    transition("b-2", "offline", "starting", "hello");
    await(
        () ->
            run.written().contains("◔ starting  m      8101  0s     hello" + Terminal.ERASE_LINE));
    assertThat(run.written()).startsWith(Terminal.HIDE_CURSOR).contains("\u001b[2A\r");
    api.endStream(STREAM);
    await(() -> run.written().contains("not connected for 0 s"));
  }

  @Test
  void jsonIsOneEventALine() throws Exception {
    var run = new CliRun(home);
    watch(run, "--json");
    await(() -> run.written().equals("[" + slot("offline") + "]\n"));
  }

  @Test
  void anUnknownNameIsFour() throws Exception {
    CliRun.Result result =
        watch(new CliRun(home), "nope").get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).isEqualTo("hal0: no slot is called \"nope\"\n");
  }
}
