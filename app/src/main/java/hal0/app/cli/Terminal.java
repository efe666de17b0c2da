package hal0.app.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where a command writes. For one thread at a time.
 *
 * @param live whether lines may be drawn again: stdout is a terminal that knows how
 * @param colour whether colour may be used
 * @param unicode whether more than ASCII may be drawn (glyphs, the ellipsis)
 * @param size asks for the room there is now
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    boolean live,
    boolean colour,
    boolean unicode,
    Supplier<Size> size) {

  /**
   * The room on the screen.
   *
   * @param columns above 0; {@link #UNBOUNDED} where nothing needs to be cut
   * @param rows likewise
   */
  public record Size(int columns, int rows) {
    static final int UNBOUNDED = Integer.MAX_VALUE;
  }

  /** Erases from the cursor to the end of the line. */
  static final String ERASE_LINE = "\u001b[K";

  /** Erases from the cursor to the end of the screen. */
  static final String ERASE_BELOW = "\u001b[J";

  static final String HIDE_CURSOR = "\u001b[?25l";
  static final String SHOW_CURSOR = "\u001b[?25h";

  /**
   * What the launcher and the environment tell about the terminal.
   *
   * @param tty "ROWS COLUMNS" as {@code stty size} says it, "" where that is unknown; null where
   *     stdout is no terminal
   */
  static Terminal of(PrintStream out, PrintStream err, Map<String, String> env, String tty) {
    boolean terminal = tty != null;
    boolean able = terminal && !"dumb".equals(env.getOrDefault("TERM", "dumb"));
    boolean colour = able && env.getOrDefault("NO_COLOR", "").isEmpty();
    Size first = size(env, tty);
    return new Terminal(
        out, err, able, colour, isUtf8(env), able ? new ScreenSize(env, first) : () -> first);
  }

  /** As {@link #of}: COLUMNS wins over what the terminal says. */
  static Size size(Map<String, String> env, String tty) {
    int rows = Size.UNBOUNDED;
    int columns = Size.UNBOUNDED;
    if (tty != null) {
      int space = tty.indexOf(' ');
      rows = positive(space < 0 ? "" : tty.substring(0, space), 24);
      columns = positive(space < 0 ? "" : tty.substring(space + 1), 80);
    }
    return new Size(positive(env.getOrDefault("COLUMNS", ""), columns), rows);
  }

  /** The ellipsis, as far as the terminal can show it. */
  String ellipsis() {
    return unicode ? "…" : "...";
  }

  /** The text in a colour (an SGR parameter), where there are colours. */
  public String paint(String sgr, String text) {
    return colour && !sgr.isEmpty() ? "\u001b[" + sgr + "m" + text + "\u001b[0m" : text;
  }

  /** Writes one line to stdout. */
  public void line(String text) {
    out.print(text);
    out.print('\n');
    out.flush();
  }

  private static boolean isUtf8(Map<String, String> env) {
    for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String value = env.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        String upper = value.toUpperCase(java.util.Locale.ROOT);
        return upper.contains("UTF-8") || upper.contains("UTF8");
      }
    }
    return false;
  }

  private static int positive(String number, int otherwise) {
    try {
      int value = Integer.parseInt(number.strip());
      return value > 0 ? value : otherwise;
    } catch (NumberFormatException notOne) {
      return otherwise;
    }
  }
}
