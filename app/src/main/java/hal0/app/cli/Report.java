package hal0.app.cli;

/** What a failure looks like: one line on stderr and an exit code. */
final class Report {
  private Report() {}

  /** One line for whatever went wrong; HAL0_DEBUG=1 adds where a bug is. */
  static int failure(Session session, Exception failure) {
    var err = session.terminal().err();
    int code = Failure.NOT_DONE;
    switch (failure) {
      case Failure said -> {
        err.println("hal0: " + said.getMessage());
        code = said.exitCode();
      }
      case InterruptedException ended -> code = Interrupt.CODE;
      default -> {
        err.println("hal0: internal error: " + TextWidth.clean(String.valueOf(failure)));
        if (session.variable("HAL0_DEBUG").equals("1")) {
          failure.printStackTrace(err);
        }
      }
    }
    err.flush();
    return code;
  }
}
