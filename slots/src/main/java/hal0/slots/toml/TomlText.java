package hal0.slots.toml;

import java.util.List;

/**
 * A TOML text that was read. Immutable.
 *
 * @param text the text that the offsets of the statements belong to
 * @param root all of its values; of a key that is given twice, the first
 * @param statements its assignments and headers, in order
 * @param repeats keys and tables that are given more than once: an error in TOML, told apart so
 *     that all can be named
 * @param comments where comments begin
 */
public record TomlText(
    String text,
    TomlNode.Table root,
    List<Statement> statements,
    List<Repeat> repeats,
    List<Integer> comments) {

  /** What a statement does. */
  public enum Kind {
    /** {@code key = value}. */
    PAIR,
    /** {@code [table]}. */
    HEADER,
    /** {@code [[table]]}. */
    ARRAY_HEADER
  }

  /**
   * One assignment or header.
   *
   * @param path the whole key, the table's path included
   * @param section how many parts of the path come from the header above it
   * @param start offset of its first character
   * @param valueStart offset of a pair's value; of a header, its start
   * @param end offset behind its last character, before blanks and comment
   */
  public record Statement(
      Kind kind, List<String> path, int section, int start, int valueStart, int end, int line) {}

  /**
   * A key that is given again.
   *
   * @param line where it is given again
   * @param firstLine where it was given first
   */
  public record Repeat(List<String> path, int line, int firstLine) {}

  /** Reads a text, without a byte order mark. */
  public static TomlText parse(String text) throws TomlException {
    return new TomlParser(text).parse();
  }
}
