package hal0.slots.worker;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** A process that was started: the port between {@link WorkerProcess} and the system. */
public interface Child {
  /** Its number. */
  long pid();

  /** Done with the exit number, 128 and more for a signal, once the process is gone. */
  CompletableFuture<Integer> exit();

  /** SIGTERM. Does nothing once it is gone. */
  void terminate();

  /** SIGKILL. Does nothing once it is gone. */
  void kill();

  /** What it writes to stdout and stderr; read once. */
  InputStream log();
}
