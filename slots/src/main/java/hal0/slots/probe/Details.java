package hal0.slots.probe;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Makes text of upstreams fit for people: one line, no control characters, short. */
final class Details {
  /** How many UTF-16 units a detail has at most. */
  static final int LIMIT = 200;

  private static final int QUOTE = 40;

  private Details() {}

  /**
   * One line of at most {@link #LIMIT} characters, never empty, without anything that moves a
   * terminal's cursor.
   */
  static String clean(String text) {
    String line = oneLine(text, LIMIT);
    return line.isEmpty() ? "no more is known" : line;
  }

  /** The beginning of a body, quoted. */
  static String quote(byte[] body) {
    byte[] start = Arrays.copyOf(body, Math.min(body.length, QUOTE * 4));
    return "\"" + oneLine(new String(start, StandardCharsets.UTF_8), QUOTE) + "\"";
  }

  /** The beginning of a text, as one clean line. */
  static String brief(String text) {
    return oneLine(text, QUOTE * 2);
  }

  /** "5 s", "250 ms". */
  static String of(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /** "12 bytes", "48 kB", "3 MB". */
  static String size(long bytes) {
    if (bytes < 10_000) {
      return bytes + (bytes == 1 ? " byte" : " bytes");
    }
    return bytes < 1_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }

  private static String oneLine(String text, int limit) {
    StringBuilder line = new StringBuilder();
    boolean gap = false;
    for (int at = 0; at < text.length() && line.length() <= limit; ) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      if (isBlank(point)) {
        gap = !line.isEmpty();
        continue;
      }
      if (gap) {
        line.append(' ');
        gap = false;
      }
      line.appendCodePoint(isShown(point) ? point : '\uFFFD');
    }
    if (line.length() <= limit) {
      return line.toString();
    }
    int end = limit - 1;
    if (Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end) + "…";
  }

  private static boolean isBlank(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point);
  }

  /**
   * Not for display: control and format characters (they reverse or hide text), lone surrogates,
   * what is no letter.
   */
  private static boolean isShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
