package hal0.app.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

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
      // What the machine refused (a port, a directory) is no bug, and its message is made for
      // people.
      case IOException refused -> err.println("hal0: " + TextWidth.clean(told(refused)));
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

  private static String told(IOException refused) {
    String message =
        refused.getMessage() == null ? refused.getClass().getSimpleName() : refused.getMessage();
    return switch (refused) {
      case AccessDeniedException denied -> "access denied: " + message;
      case NoSuchFileException missing -> "no such file: " + message;
      case FileAlreadyExistsException there -> "there already: " + message;
      default -> message;
    };
  }
}
