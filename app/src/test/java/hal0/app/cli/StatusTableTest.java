package hal0.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the table looks, in every width and on every kind of terminal. */
class StatusTableTest {
  private static final Instant NOW = CliRun.NOW;

  private static final List<SlotRow> ROWS =
      List.of(
          new SlotRow(
              "tts",
              "error",
              "",
              8102,
              NOW.minusSeconds(7200),
              "exit code 1; restarted 3 times, start limit hit"),
          new SlotRow("chat", "ready", "qwen3-4b", 8101, NOW.minusSeconds(42), ""),
          new SlotRow(
              "日本", "warming", "模型", 8103, NOW.minusSeconds(3), "503 on /health: Loading model"));

  private static Terminal terminal(String... variables) {
    var run = new CliRun(Path.of("/nowhere"));
    for (int i = 0; i < variables.length; i += 2) {
      run.with(variables[i], variables[i + 1]);
    }
    return run.session().terminal();
  }

  private static Terminal screen(String... variables) {
    var run = new CliRun(Path.of("/nowhere")).onTerminal(24, 80);
    for (int i = 0; i < variables.length; i += 2) {
      run.with(variables[i], variables[i + 1]);
    }
    return run.session().terminal();
  }

  private static String table(Terminal terminal, int columns) {
    return String.join("\n", new StatusTable(terminal).lines(ROWS, NOW, columns));
  }

  @Test
  void plainWhereStdoutIsNoTerminal() {
    assertThat(table(terminal(), Terminal.Size.UNBOUNDED))
        .isEqualTo(
            """
            NAME  STATE    MODEL     PORT  SINCE  MESSAGE
            chat  ready    qwen3-4b  8101  42s
            tts   error    -         8102  2h     exit code 1; restarted 3 times, start limit hit
            日本  warming  模型      8103  3s     503 on /health: Loading model\
            """);
  }

  @Test
  void cutToTheTerminalsWidth() {
    assertThat(table(screen("NO_COLOR", "1"), 56))
        .isEqualTo(
            """
            NAME  STATE      MODEL     PORT  SINCE  MESSAGE
            chat  ● ready    qwen3-4b  8101  42s
            tts   ✗ error    -         8102  2h     exit code 1; re…
            日本  ◑ warming  模型      8103  3s     503 on /health:…\
            """);
  }

  @Test
  void colourByStateAndBoldTitle() {
    String table = table(screen(), 80);
    assertThat(table)
        .contains("\u001b[32m● ready\u001b[0m")
        .contains("\u001b[1;31m✗ error\u001b[0m");
    assertThat(table).startsWith("\u001b[1mNAME");
  }

  @Test
  void asciiWhereTheLocaleHasNoMore() {
    assertThat(table(screen("NO_COLOR", "1", "LANG", "C"), 56))
        .contains("* ready")
        .contains("! error")
        .contains("exit code 1; ...");
  }

  @Test
  void noLineIsWiderThanAnyTerminal() {
    for (int columns = 5; columns < 120; columns++) {
      int room = columns;
      assertThat(new StatusTable(screen("NO_COLOR", "1")).lines(ROWS, NOW, columns))
          .as("%d columns", columns)
          .hasSize(4)
          .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(room));
    }
  }

  @Test
  void ages() {
    assertThat(age(-5)).isEqualTo("0s");
    assertThat(age(59)).isEqualTo("59s");
    assertThat(age(60)).isEqualTo("1m");
    assertThat(age(3599)).isEqualTo("59m");
    assertThat(age(3600)).isEqualTo("1h");
    assertThat(age(86_399)).isEqualTo("23h");
    assertThat(age(172_800)).isEqualTo("2d");
  }

  private static String age(long seconds) {
    return new SlotRow("a", "ready", "", 1, NOW.minusSeconds(seconds), "").age(NOW);
  }

  @Test
  void whatAnUpstreamWritesCannotReachTheTerminal() {
    SlotRow row =
        SlotRow.of(
            Map.of(
                "name",
                "a",
                "state",
                "error",
                "updated_at",
                1.5,
                "message",
                "\u001b]0;x\u0007two\nlines\u202e"));
    assertThat(row.message()).isEqualTo("]0;x two lines");
    assertThat(row.since()).isEqualTo(Instant.ofEpochMilli(1500));
  }

  @Test
  void widthOfText() {
    assertThat(TextWidth.of("abc")).isEqualTo(3);
    assertThat(TextWidth.of("日本語")).isEqualTo(6);
    assertThat(TextWidth.of("e\u0301")).isEqualTo(1);
    assertThat(TextWidth.of("🚀")).isEqualTo(2);
    assertThat(TextWidth.cut("日本語", 5, "…")).isEqualTo("日本…");
    assertThat(TextWidth.cut("日本語", 4, "…")).isEqualTo("日…");
    assertThat(TextWidth.cut("abc", 2, "...")).isEqualTo("..");
  }
}
