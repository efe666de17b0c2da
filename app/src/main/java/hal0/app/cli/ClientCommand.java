package hal0.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What every command that talks to the daemon has. */
abstract class ClientCommand implements Callable<Integer> {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where the daemon's API is (default: $$HAL0_URL, else http://127.0.0.1:8080).")
  private String url;

  private final Session session;

  ClientCommand(Session session) {
    this.session = session;
  }

  /** Does it; the exit code is the answer. */
  @Override
  public abstract Integer call() throws Failure, InterruptedException;

  final Session session() {
    return session;
  }

  final Terminal terminal() {
    return session.terminal();
  }

  final String url() {
    return url;
  }

  final Client client() throws Failure {
    return session.client(url);
  }
}
