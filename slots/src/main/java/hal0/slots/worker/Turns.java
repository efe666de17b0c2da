package hal0.slots.worker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** Who may use what only one can use: one after the other, in the order of asking. Thread-safe. */
final class Turns {
  private final int most;
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private Turn holder;

  /**
   * @param most how many may wait
   */
  Turns(int most) {
    this.most = most;
  }

  /** A place in the queue. */
  static final class Turn {
    private final CompletableFuture<Void> come = new CompletableFuture<>();

    /** Done once it is this one's turn. */
    CompletableFuture<Void> come() {
      return come;
    }
  }

  /** Takes a place; null when too many wait. */
  Turn take() {
    Turn turn = new Turn();
    synchronized (waiting) {
      if (holder != null) {
        if (waiting.size() >= most) {
          return null;
        }
        waiting.add(turn);
        return turn;
      }
      holder = turn;
    }
    turn.come.complete(null);
    return turn;
  }

  /** Gives a place back, whether its turn had come or not. Doing it again does nothing. */
  void give(Turn turn) {
    Turn next;
    synchronized (waiting) {
      if (holder != turn) {
        waiting.remove(turn);
        return;
      }
      next = waiting.poll();
      holder = next;
    }
    if (next != null) {
      next.come.complete(null);
    }
  }

  /** How many wait. */
  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }
}
