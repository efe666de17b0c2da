package hal0.app.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Runs a command line inside this JVM, with an environment and a terminal of the test's own. */
final class CliRun {
  /** What the clock says in every run. */
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final Map<String, String> env = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String tty;

  CliRun(Path home) {
    env.put("HOME", home.toString());
    env.put("HAL0_SCOPE", "user");
    env.put("LANG", "C.UTF-8");
  }

  /** What a run left. */
  record Result(int code, String out, String err) {}

  CliRun with(String variable, String value) {
    env.put(variable, value);
    return this;
  }

  /** As if on a terminal of that size. */
  CliRun onTerminal(int rows, int columns) {
    tty = rows + " " + columns;
    // COLUMNS wins, so that no real terminal's size gets in.
    return with("TERM", "xterm").with("COLUMNS", Integer.toString(columns));
  }

  Session session() {
    var stdout = new PrintStream(out, true, StandardCharsets.UTF_8);
    var stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Session(env, Terminal.of(stdout, stderr, env, tty), () -> NOW, false, null);
  }

  /** What has been written to stdout by now. */
  String written() {
    return out.toString(StandardCharsets.UTF_8);
  }

  Result run(String... args) {
    Session session = session();
    OptionalInt quick = Status.quick(session, args);
    int code = quick.isPresent() ? quick.getAsInt() : longWay(session, args);
    return new Result(code, written(), err.toString(StandardCharsets.UTF_8));
  }

  /** Through picocli, for status too. */
  Result runLongWay(String... args) {
    return new Result(longWay(session(), args), written(), err.toString(StandardCharsets.UTF_8));
  }

  private static int longWay(Session session, String[] args) {
    return CommandTree.run(session, flags -> 0, List.of(), args);
  }
}
