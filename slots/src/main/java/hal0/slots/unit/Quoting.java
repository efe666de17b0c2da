package hal0.slots.unit;

/** Text as systemd reads it in a unit (systemd.syntax(7), systemd.service(5) "Command lines"). */
final class Quoting {
  private static final String PLAIN = "_@+=:,./-";

  private Quoting() {}

  /** One word of a command line of which no variable is replaced (with the prefix {@code :}). */
  static String word(String text) {
    return text.chars().allMatch(Quoting::isPlain) && !text.isEmpty() ? text : quoted(text);
  }

  /** What follows {@code Environment=}. */
  static String variable(String key, String value) {
    return quoted(key + "=" + value);
  }

  /** A value that is no list of words: only specifiers mean something in it. */
  static String value(String text) {
    return text.replace("%", "%%");
  }

  private static boolean isPlain(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '%' -> quoted.append("%%");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == 127) {
            quoted.append(String.format("\\x%02x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
