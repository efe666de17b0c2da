package hal0.slots.spec;

/**
 * One thing that is wrong with a slot file.
 *
 * @param key the dotted key, such as {@code probe.grace}; empty for the file as a whole
 * @param line its line, from 1; 0 when not known (a file given as JSON has none)
 * @param message what is wrong and what to write instead
 */
public record SpecProblem(String key, int line, String message) {
  @Override
  public String toString() {
    String place =
        line > 0
            ? "line " + line + (key.isEmpty() ? ": " : ", " + key + ": ")
            : key.isEmpty() ? "" : key + ": ";
    return place + message;
  }
}
