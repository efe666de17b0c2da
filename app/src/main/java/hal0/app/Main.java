package hal0.app;

import hal0.app.cli.CommandTree;
import hal0.app.cli.ServeFlags;
import hal0.app.cli.Session;
import hal0.app.cli.Status;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

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

  /** Runs until SIGTERM or SIGINT. */
  private static int serve(ServeFlags flags) throws IOException, InterruptedException {
    Session session = Session.here();
    Daemon daemon = new Daemon(ServeSettings.of(flags, session.env(), session.root()));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("hal0-end")
                .unstarted(
                    () -> {
                      daemon.close();
                      ended.countDown();
                    }));
    ended.await();
    return 0;
  }
}
