package hal0.slots.worker;

/**
 * How a process ended, from the number that the JDK gives: 128 and the signal's number where a
 * signal ended it.
 */
public record ExitWord(int number) {
  /** Linux's signals, from 1 on. */
  private static final String[] SIGNALS =
      ("SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2"
              + " SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU"
              + " SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS")
          .split(" ", -1);

  private static final int SIGNALLED = 128;

  /** Such as {@code SIGKILL}; "" where it ended by itself. */
  public String signal() {
    int signal = number - SIGNALLED;
    return signal >= 1 && signal <= SIGNALS.length ? SIGNALS[signal - 1] : "";
  }

  /** Such as "was ended by SIGKILL" or "ended with exit code 3". */
  public String sentence() {
    return signal().isEmpty() ? "ended with exit code " + number : "was ended by " + signal();
  }
}
