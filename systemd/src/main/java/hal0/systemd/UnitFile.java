package hal0.systemd;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Writes the text of a unit file or drop-in. All quoting for systemd happens here, by the rules of
 * systemd.syntax(7), systemd.service(5) "Command lines" and systemd.exec(5): whatever a string
 * contains, the unit means that string and nothing else. A file is built from top to bottom; for
 * use by one thread.
 */
public final class UnitFile {
  private static final String SHELL = "/bin/sh";

  /** {@code exec} in a shell: for programs whose name systemd would not take. */
  private static final String SHELL_EXEC = "exec \"$0\" \"$@\"";

  private static final String PREFIXES = "@-:+!|";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@+=:,./-]+");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]+");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final StringBuilder text = new StringBuilder();

  /** Adds comment lines, one for each line of {@code words}. */
  public UnitFile comment(String words) {
    words.lines().forEach(line -> text.append("# ").append(printable(line)).append('\n'));
    return this;
  }

  /** Begins a section, such as {@code Service}. */
  public UnitFile section(String name) {
    if (!text.isEmpty()) {
      text.append('\n');
    }
    text.append('[').append(checked(KEY, name)).append("]\n");
    return this;
  }

  /**
   * Sets a key to a plain value that is no list and has no quoting of its own: a word, a number, a
   * description.
   */
  public UnitFile set(String key, String value) {
    return raw(key, value(value));
  }

  /**
   * Sets a key to text that is in systemd's own syntax already, specifiers such as {@code %i}
   * included.
   */
  public UnitFile raw(String key, String line) {
    if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0 || line.endsWith("\\")) {
      throw new IllegalArgumentException(key + "= would not be one line");
    }
    text.append(checked(KEY, key)).append('=').append(line).append('\n');
    return this;
  }

  /** Empties a list, such as {@code ExecStart}, of what other files put into it. */
  public UnitFile reset(String key) {
    return raw(key, "");
  }

  /** Adds a command line, see {@link #command}. */
  public UnitFile exec(String key, List<String> argv) {
    return raw(key, command(argv));
  }

  /** Adds an {@code Environment=} line. */
  public UnitFile variable(String name, String value) {
    return raw("Environment", environment(name, value));
  }

  /** The file so far. */
  public String text() {
    return text.toString();
  }

  /**
   * A whole command line, the text after {@code ExecStart=}: the process gets exactly these
   * arguments, its own name first. A program whose name systemd would refuse or misread (quotes,
   * backslashes, control characters, a leading {@code @-:+!|}) is executed by a shell, which the
   * name does not pass through as code.
   *
   * @param argv the program, as a path or a name that systemd looks for itself, and its arguments
   * @throws IllegalArgumentException if there is no program, or a string holds a NUL
   */
  public static String command(List<String> argv) {
    if (argv.isEmpty() || argv.getFirst().isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    StringBuilder line = new StringBuilder();
    String program = argv.getFirst();
    if (!isExecutableName(program)) {
      line.append(quote(SHELL))
          .append(' ')
          .append(quote("-c"))
          .append(' ')
          .append(quote(SHELL_EXEC));
      line.append(' ').append(quote(program));
    } else if (program.indexOf('$') >= 0) {
      // Variables are not replaced in the path, but in argv[0]; "@" lets the two be written apart.
      line.append(quoted("@" + program)).append(' ').append(quote(program));
    } else {
      line.append(quoted(program));
    }
    argv.subList(1, argv.size()).forEach(argument -> line.append(' ').append(quote(argument)));
    return line.toString();
  }

  /**
   * One argument of a command line. Not for the program, which has rules of its own: see {@link
   * #command}.
   *
   * @throws IllegalArgumentException if it holds a NUL
   */
  public static String quote(String argument) {
    return quoted(argument).replace("$", "$$");
  }

  /**
   * One variable, the text after {@code Environment=}.
   *
   * @throws IllegalArgumentException if the name is no variable's name, or systemd would refuse the
   *     value: see {@link #isEnvironmentValue}
   */
  public static String environment(String name, String value) {
    checked(VARIABLE, name);
    if (!isEnvironmentValue(value)) {
      throw new IllegalArgumentException(
          "systemd takes no control characters but tab and newline in " + name);
    }
    return quoted(name + "=" + value);
  }

  /**
   * Whether systemd hands that on: it drops a variable with control characters other than tab and
   * newline.
   */
  public static boolean isEnvironmentValue(String value) {
    return value.chars().noneMatch(c -> (c < ' ' && c != '\t' && c != '\n') || c == 0x7f);
  }

  /**
   * A plain value, the text after {@code Key=}: percent signs are doubled, and what would end the
   * line becomes a space.
   */
  public static String value(String plain) {
    String line = printable(plain).replace("%", "%%");
    return line.endsWith("\\") ? line + " " : line;
  }

  private static boolean isExecutableName(String program) {
    return PREFIXES.indexOf(program.charAt(0)) < 0
        && program
            .chars()
            .noneMatch(c -> c < ' ' || c == 0x7f || c == '"' || c == '\'' || c == '\\');
  }

  /**
   * In double quotes, with C escapes and without specifiers; a word that needs none of it stays as
   * it is.
   */
  private static String quoted(String argument) {
    if (PLAIN.matcher(argument).matches()) {
      return argument;
    }
    StringBuilder quoted = new StringBuilder(argument.length() + 2).append('"');
    for (int i = 0; i < argument.length(); i++) {
      char c = argument.charAt(i);
      switch (c) {
        case 0 -> throw new IllegalArgumentException("no argument can hold a NUL");
        case '"', '\\' -> quoted.append('\\').append(c);
        case '%' -> quoted.append("%%");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static String printable(String line) {
    StringBuilder plain = new StringBuilder(line.length());
    line.chars().forEach(c -> plain.append(c < ' ' || c == 0x7f ? ' ' : (char) c));
    return plain.toString();
  }

  private static String checked(Pattern pattern, String word) {
    if (!pattern.matcher(word).matches()) {
      throw new IllegalArgumentException("not a name in a unit file: " + word);
    }
    return word;
  }
}
