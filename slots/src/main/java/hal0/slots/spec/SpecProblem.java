package hal0.slots.spec;

/**
 * One thing that is wrong with a slot file.
 *
 * @param key the dotted key, such as {@code probe.grace}; empty for the file as a whole
 * @param line its line, from 1; 0 when not known (a file given as JSON has none)
 * @param message what is wrong and what to write instead
 */
public record SpecProblem(String key, int line, String message) {
  /** A file may hold a key or a value of many thousand characters; nobody reads that many. */
  private static final int SHOWN = 300;

  /** Cuts what is very long. */
  public SpecProblem {
    key = cut(key);
    message = cut(message);
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
  }

  @Override
  public String toString() {
    String place =
        line > 0
            ? "line " + line + (key.isEmpty() ? ": " : ", " + key + ": ")
            : key.isEmpty() ? "" : key + ": ";
    return place + message;
  }
}
