package hal0.systemd.dbus;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Lets so many calls be under way at a time; the others wait their turn. A bus refuses what is more
 * than its {@code max_replies_per_connection}, 128 where nobody has set it. Safe for use by many
 * threads.
 */
final class CallGate {
  private final Executor tasks;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  CallGate(int most, Executor tasks) {
    this.free = most;
    this.tasks = tasks;
  }

  /** Runs it now, or later on another thread; {@link #leave()} must follow each run. */
  void enter(Runnable call) {
    synchronized (this) {
      if (free == 0) {
        waiting.add(call);
        return;
      }
      free--;
    }
    call.run();
  }

  /** A call has ended: the next may begin. */
  void leave() {
    Runnable next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    tasks.execute(next);
  }
}
