package hal0.app.cli;

/**
 * What ^C does while something goes on: a last word, then an exit code of our own. Closing it takes
 * it back.
 */
final class Interrupt implements AutoCloseable {
  /** What a shell expects of a command that ^C ended. */
  static final int CODE = 130;

  private final Thread hook;

  private Interrupt(Thread hook) {
    this.hook = hook;
  }

  /** Takes over from now on. */
  static Interrupt with(int exitCode, Runnable lastWord) {
    Thread hook =
        new Thread(
            () -> {
              lastWord.run();
              // Nothing else can change the exit code once the JVM is on its way down.
              Runtime.getRuntime().halt(exitCode);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interrupt(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // The hook is running: its exit code holds.
    }
  }
}
