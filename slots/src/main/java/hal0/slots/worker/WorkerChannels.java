package hal0.slots.worker;

import hal0.slots.time.Clockwork;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * A channel to each slot's worker, made when it is first asked for and kept: a channel outlives its
 * worker. Safe for use by many threads.
 */
public final class WorkerChannels implements AutoCloseable {
  private final Function<String, Path> directories;
  private final Clockwork clock;
  private final ConcurrentMap<String, WorkerChannel> channels = new ConcurrentHashMap<>();

  /**
   * @param directories where a slot's sockets are
   */
  public WorkerChannels(Function<String, Path> directories, Clockwork clock) {
    this.directories = directories;
    this.clock = clock;
  }

  /** The channel to a slot's worker, whether or not that runs. */
  public WorkerChannel of(String slot) {
    return channels.computeIfAbsent(
        slot, name -> new WorkerChannel(new WorkerSockets(directories.apply(name)), clock));
  }

  /** Ends every call; the workers themselves are left alone. */
  @Override
  public void close() {
    channels.values().forEach(WorkerChannel::close);
  }
}
