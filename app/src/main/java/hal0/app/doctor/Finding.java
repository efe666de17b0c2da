package hal0.app.doctor;

/**
 * One thing that was looked at.
 *
 * @param text one line
 * @param mend the command, or the deed, that puts it right; "" where nothing needs to be done
 */
record Finding(Level level, String text, String mend) {
  /** How bad it is. */
  enum Level {
    OK,
    /** Worth knowing, and no reason for anything not to work. */
    NOTE,
    WRONG
  }

  static Finding ok(String text) {
    return new Finding(Level.OK, text, "");
  }

  static Finding note(String text, String mend) {
    return new Finding(Level.NOTE, text, mend);
  }

  static Finding wrong(String text, String mend) {
    return new Finding(Level.WRONG, text, mend);
  }
}
