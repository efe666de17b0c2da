package hal0.slots.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What to start as a worker.
 *
 * @param role what it will do, for messages
 * @param command program and arguments; {@code --parent} among them, so that it ends with this
 *     process
 * @param directory for its sockets, private to it; becomes its {@code RUNTIME_DIRECTORY}
 * @param environment added to this process's own
 */
public record WorkerLaunch(
    Role role, List<String> command, Path directory, Map<String, String> environment) {

  /** Copies what it is given. */
  public WorkerLaunch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** How it is started: as a process, or in tests as something else. */
  @FunctionalInterface
  public interface Spawner {
    /** Starts it. */
    Child spawn(WorkerLaunch launch) throws IOException;
  }

  /** As a process of the system; its stdin is empty, stdout and stderr go one way. */
  public static Child process(WorkerLaunch launch) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(launch.command).redirectErrorStream(true);
    builder.environment().putAll(launch.environment);
    builder.environment().put("RUNTIME_DIRECTORY", launch.directory.toString());
    // The service manager's words are for this process, not for its child.
    List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID")
        .forEach(builder.environment()::remove);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    return new SystemChild(builder.start());
  }

  private record SystemChild(Process process) implements Child {
    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public CompletableFuture<Integer> exit() {
      return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public void terminate() {
      process.destroy();
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }

    @Override
    public InputStream log() {
      return process.getInputStream();
    }
  }
}
