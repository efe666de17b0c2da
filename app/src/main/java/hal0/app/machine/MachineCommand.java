package hal0.app.machine;

import hal0.app.ServeSettings;
import hal0.app.cli.Failure;
import hal0.app.cli.ServeFlags;
import hal0.app.cli.Session;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What the commands about the machine have in common: whose systemd is meant. */
public abstract class MachineCommand implements Callable<Integer> {
  @Option(
      names = "--scope",
      paramLabel = "SCOPE",
      description =
          "Which systemd: system or user (default: $$HAL0_SCOPE, else system for root, user for"
              + " others).")
  private String scope;

  private final Session session;

  /** For a command in these surroundings. */
  protected MachineCommand(Session session) {
    this.session = session;
  }

  /** Does it; the exit code is the answer. */
  @Override
  public abstract Integer call() throws Failure, IOException, InterruptedException;

  /** What surrounds the command. */
  protected final Session session() {
    return session;
  }

  /** Where everything is, as the daemon would have it. */
  protected final ServeSettings settings() throws Failure {
    return ServeSettings.of(new ServeFlags(scope, null, null, null), session.env(), session.root());
  }

  /** The flag's value; null where it was left out. */
  protected final String scope() {
    return scope;
  }

  /** Tells the person something. */
  protected final void say(String line) {
    session.terminal().line(line);
  }
}
