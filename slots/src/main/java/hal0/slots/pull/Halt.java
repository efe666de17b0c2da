package hal0.slots.pull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Tells a pull that it is not wanted any more, and ends what it waits for. Safe for use by many
 * threads.
 */
final class Halt {
  private final List<Runnable> ends = new ArrayList<>();
  private boolean stopped;

  /** Ends it. May be called more than once. */
  void stop() {
    List<Runnable> due;
    synchronized (this) {
      stopped = true;
      due = List.copyOf(ends);
      ends.clear();
    }
    due.forEach(Runnable::run);
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  /**
   * Throws if it is not wanted any more.
   *
   * @throws CancellationException then
   */
  void check() {
    if (isStopped()) {
      throw new CancellationException("not wanted any more");
    }
  }

  /**
   * While this is open, {@code end} is run when it is stopped; at once if it has been.
   *
   * @param end from any thread; must return soon
   */
  Watch watch(Runnable end) {
    boolean now;
    synchronized (this) {
      now = stopped;
      if (!now) {
        ends.add(end);
      }
    }
    if (now) {
      end.run();
    }
    return () -> {
      synchronized (this) {
        ends.remove(end);
      }
    };
  }

  /** Ends the watch; throws nothing. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
