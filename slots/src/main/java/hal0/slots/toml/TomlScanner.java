package hal0.slots.toml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The place in a TOML text, and the parts that have no parts: blanks, comments, strings. For one
 * thread.
 */
final class TomlScanner {
  static final int END = -1;

  private final String text;
  private final int[] lineStarts;
  private final List<Integer> comments = new ArrayList<>();
  private int at;

  TomlScanner(String text) {
    this.text = text;
    this.lineStarts = lineStarts(text);
  }

  private static int[] lineStarts(String text) {
    int[] starts = new int[16];
    int count = 1;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
      }
      starts[count++] = i + 1;
    }
    return Arrays.copyOf(starts, count);
  }

  /** Where comments began so far. */
  List<Integer> comments() {
    return List.copyOf(comments);
  }

  int at() {
    return at;
  }

  int line() {
    return lineOf(at);
  }

  private int lineOf(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  TomlException wrong(String message) {
    return wrong(at, message);
  }

  TomlException wrong(int offset, String message) {
    int line = lineOf(offset);
    return new TomlException(line, text.codePointCount(lineStarts[line - 1], offset) + 1, message);
  }

  int peek() {
    return peek(0);
  }

  int peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : END;
  }

  void advance(int count) {
    at += count;
  }

  boolean take(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  boolean startsWith(String prefix) {
    return text.startsWith(prefix, at);
  }

  String since(int start) {
    return text.substring(start, at);
  }

  /** The character here, for a message. */
  String here() {
    if (at >= text.length()) {
      return "the end of the file";
    }
    int c = text.codePointAt(at);
    if (c == '\n' || c == '\r') {
      return "the end of the line";
    }
    return Character.isISOControl(c)
        ? "the control character U+%04X".formatted(c)
        : "\"" + Character.toString(c) + "\"";
  }

  void skipBlanks() {
    while (peek() == ' ' || peek() == '\t') {
      at++;
    }
  }

  /** Takes the end of a line, if it is here. */
  boolean takeNewline() throws TomlException {
    if (peek() == '\r') {
      if (peek(1) != '\n') {
        throw wrong("a carriage return without a line feed");
      }
      at += 2;
      return true;
    }
    return take('\n');
  }

  /** Takes blanks, comments and ends of lines. */
  void skipLines() throws TomlException {
    do {
      skipBlanks();
      skipComment();
    } while (takeNewline());
  }

  /** Takes the rest of a line, in which nothing but a comment may stand. */
  void endLine() throws TomlException {
    skipBlanks();
    skipComment();
    if (peek() != END && !takeNewline()) {
      throw wrong("expected the end of the line, found " + here());
    }
  }

  private void skipComment() throws TomlException {
    if (peek() != '#') {
      return;
    }
    comments.add(at);
    while (peek() != END && peek() != '\n' && !(peek() == '\r' && peek(1) == '\n')) {
      refuseControl();
      at++;
    }
  }

  private void refuseControl() throws TomlException {
    int c = peek();
    if ((c < 0x20 && c != '\t') || c == 0x7f) {
      throw wrong(
          c == '\r' ? "a carriage return without a line feed" : here() + " is not allowed here");
    }
  }

  /** Reads the text in quotes, of any of the four kinds, that begins here. */
  String string() throws TomlException {
    if (startsWith("\"\"\"")) {
      return multiLine('"');
    }
    if (startsWith("'''")) {
      return multiLine('\'');
    }
    return oneLine();
  }

  /** Reads text in quotes on one line. */
  String oneLine() throws TomlException {
    int start = at;
    int quote = peek();
    at++;
    StringBuilder read = new StringBuilder();
    while (!take((char) quote)) {
      if (peek() == END || peek() == '\n' || (peek() == '\r' && peek(1) == '\n')) {
        throw wrong(start, "this text has no closing " + (char) quote);
      }
      if (quote == '"' && peek() == '\\') {
        escape(read);
      } else {
        refuseControl();
        read.append((char) peek());
        at++;
      }
    }
    return read.toString();
  }

  private String multiLine(char quote) throws TomlException {
    int start = at;
    at += 3;
    takeNewline();
    StringBuilder read = new StringBuilder();
    while (true) {
      if (peek() == END) {
        throw wrong(start, "this text has no closing " + String.valueOf(quote).repeat(3));
      }
      if (peek() == quote) {
        int quotes = takeQuotes(quote, read);
        if (quotes >= 3) {
          return read.toString();
        }
      } else if (quote == '"' && peek() == '\\') {
        if (!takeLineEnding()) {
          escape(read);
        }
      } else {
        int before = at;
        if (!takeNewline()) {
          refuseControl();
          at++;
        }
        read.append(text, before, at);
      }
    }
  }

  /** Takes a run of quotes: three end the text, and up to two before those belong to it. */
  private int takeQuotes(char quote, StringBuilder read) {
    int quotes = 0;
    while (quotes < 5 && peek(quotes) == quote) {
      quotes++;
    }
    int inText = quotes >= 3 ? quotes - 3 : quotes;
    read.repeat(quote, inText);
    at += quotes;
    return quotes;
  }

  /** A backslash at a line's end takes all blanks and line ends after it away. */
  private boolean takeLineEnding() throws TomlException {
    int ahead = 1;
    while (peek(ahead) == ' ' || peek(ahead) == '\t') {
      ahead++;
    }
    if (peek(ahead) != '\n' && !(peek(ahead) == '\r' && peek(ahead + 1) == '\n')) {
      return false;
    }
    at += ahead;
    do {
      skipBlanks();
    } while (takeNewline());
    return true;
  }

  private void escape(StringBuilder read) throws TomlException {
    int start = at;
    int c = peek(1);
    at += 2;
    switch (c) {
      case 'b' -> read.append('\b');
      case 't' -> read.append('\t');
      case 'n' -> read.append('\n');
      case 'f' -> read.append('\f');
      case 'r' -> read.append('\r');
      case '"' -> read.append('"');
      case '\\' -> read.append('\\');
      case 'u' -> read.appendCodePoint(hex(start, 4));
      case 'U' -> read.appendCodePoint(hex(start, 8));
      default ->
          throw wrong(
              start,
              "an unknown escape: write \\\\ for a backslash, or put the text between '…', where it"
                  + " means itself");
    }
  }

  private int hex(int start, int digits) throws TomlException {
    long code = 0;
    for (int i = 0; i < digits; i++) {
      int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw wrong(
            start, "needs " + digits + " hexadecimal digits after \\" + (digits == 4 ? "u" : "U"));
      }
      code = code * 16 + digit;
      at++;
    }
    if (code > Character.MAX_CODE_POINT || (code >= 0xD800 && code <= 0xDFFF)) {
      throw wrong(start, "not a character of Unicode");
    }
    return (int) code;
  }
}
