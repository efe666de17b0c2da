package hal0.slots.reconcile;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * Runs what is posted one after another, on whatever thread the executor gives. Safe for use by
 * many threads. What is posted must not block for long: it holds up this slot, and no other.
 */
final class Mailbox {
  private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());

  /**
   * More than this waiting means that the slot cannot follow; further hints are dropped, since a
   * read follows.
   */
  private static final int MOST = 10_000;

  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  Mailbox(Executor executor) {
    this.executor = executor;
  }

  /**
   * Adds something to do.
   *
   * @return false if the mailbox is full and it was dropped
   */
  boolean post(Runnable message) {
    synchronized (waiting) {
      if (waiting.size() >= MOST) {
        return false;
      }
      waiting.addLast(message);
      if (running) {
        return true;
      }
      running = true;
    }
    executor.execute(this::drain);
    return true;
  }

  private void drain() {
    while (true) {
      Runnable next;
      synchronized (waiting) {
        next = waiting.pollFirst();
        if (next == null) {
          running = false;
          return;
        }
      }
      run(next);
    }
  }

  private static void run(Runnable message) {
    try {
      message.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a fault of hal0's own; the slot goes on", e);
    }
  }
}
