package hal0.slots.toml;

/**
 * A text that is not TOML. The message says what is wrong at the place, in plain words, without the
 * place.
 */
public final class TomlException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  TomlException(int line, int column, String message) {
    super(message);
    this.line = line;
    this.column = column;
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** The column in characters, from 1. */
  public int column() {
    return column;
  }
}
