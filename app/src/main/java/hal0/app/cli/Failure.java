package hal0.app.cli;

/** Why a command did not do what it was asked: one line for stderr and the exit code. */
public final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  /** The slot, or the machine, could not do it. */
  public static final int NOT_DONE = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** The daemon cannot be reached. */
  public static final int UNREACHABLE = 3;

  /** No such slot. */
  public static final int NO_SLOT = 4;

  private final int exitCode;

  /** The message is made one line without control characters. */
  public Failure(int exitCode, String message) {
    super(TextWidth.clean(message));
    this.exitCode = exitCode;
  }

  /** 1 to 4, as the constants say. */
  public int exitCode() {
    return exitCode;
  }
}
