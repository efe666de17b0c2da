package hal0.app;

import hal0.app.cli.CommandTree;
import hal0.app.cli.ServeFlags;
import hal0.app.cli.Session;
import hal0.app.cli.Status;
import java.util.OptionalInt;

/** Where {@code hal0} begins. */
public final class Main {
  private Main() {}

  /** Runs one command line and ends with its exit code. */
  public static void main(String[] args) {
    Session session = Session.here();
    // The status is asked for often, by people and scripts: it goes past the command line's machinery.
    OptionalInt quick = Status.quick(session, args);
    int code = quick.isPresent() ? quick.getAsInt() : CommandTree.run(session, Main::serve, args);
    System.exit(code);
  }

  private static int serve(ServeFlags flags) {
    throw new UnsupportedOperationException("this build has no daemon: " + flags);
  }
}
