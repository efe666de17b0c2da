package hal0.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: the daemon, in the foreground. */
@Command(
    name = "serve",
    description = "Run the daemon in the foreground. Its end never stops a slot's unit.")
public final class ServeCommand implements Callable<Integer> {
  @Option(names = "--scope", paramLabel = "SCOPE", description = "Which systemd: system or user.")
  private String scope;

  @Option(
      names = "--config-dir",
      paramLabel = "DIR",
      description = "Where hal0.toml and slots/ are.")
  private String configDir;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Where the slots' records are kept.")
  private String stateDir;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description = "The API's address, such as 127.0.0.1:8080.")
  private String listen;

  private final Serve serve;

  ServeCommand(Serve serve) {
    this.serve = serve;
  }

  /** Runs the daemon. */
  @FunctionalInterface
  public interface Serve {
    /**
     * Comes back when the daemon has ended.
     *
     * @return the exit code
     */
    int run(ServeFlags flags) throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    return serve.run(new ServeFlags(scope, configDir, stateDir, listen));
  }
}
