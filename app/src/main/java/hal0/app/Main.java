package hal0.app;

import hal0.app.cli.CommandTree;
import hal0.app.cli.Failure;
import hal0.app.cli.ServeFlags;
import hal0.app.cli.Session;
import hal0.app.cli.Status;
import hal0.app.doctor.DoctorCommand;
import hal0.app.machine.InstallCommand;
import hal0.app.machine.UninstallCommand;
import hal0.app.supervise.Supervisor;
import hal0.app.worker.WorkerCommand;
import hal0.slots.unit.SuperviseCommand;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/** Where {@code hal0} begins. */
public final class Main {
  /** One line for each record: time, level, text. */
  private static final String LOG_LINE = "%1$tFT%1$tT.%1$tL%1$tz %4$s %5$s%6$s%n";

  private Main() {}

  /** Runs one command line and ends with its exit code. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals(SuperviseCommand.WORD)) {
      Supervisor.run(Main.class);
    }
    System.exit(run(Session.here(), args));
  }

  static int run(Session session, String... args) {
    // The status is asked for often, by people and scripts: it goes past the command line's
    // machinery.
    OptionalInt quick = Status.quick(session, args);
    return quick.isPresent()
        ? quick.getAsInt()
        : CommandTree.run(session, Main::serve, machine(session), args);
  }

  private static List<Object> machine(Session session) {
    return List.of(
        new InstallCommand(session),
        new UninstallCommand(session),
        new DoctorCommand(session),
        new WorkerCommand(session.env(), session.home()));
  }

  /** Runs until SIGTERM or SIGINT. */
  private static int serve(ServeFlags flags) throws InterruptedException, Failure {
    System.setProperty("java.util.logging.SimpleFormatter.format", LOG_LINE);
    Session session = Session.here();
    Daemon daemon;
    try {
      daemon = new Daemon(ServeSettings.of(flags, session.env(), session.root()));
    } catch (IOException e) {
      System.err.println("hal0: " + e.getMessage());
      return 1;
    }
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
