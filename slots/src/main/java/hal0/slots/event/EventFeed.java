package hal0.slots.event;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * Numbers the transitions, keeps the last of them, and hands them to readers. A reader that does
 * not keep up loses its place, never the others'. Safe for use by many threads.
 */
public final class EventFeed {
  private final String bootId;
  private final int held;
  private final int backlog;
  private final ArrayDeque<SlotEvent> ring = new ArrayDeque<>();
  private final Set<Reader> readers = new CopyOnWriteArraySet<>();
  private long seq;

  /**
   * @param bootId another for each life of the daemon
   * @param held how many events are kept for readers that come back
   * @param backlog how many unread events a reader may have before it is cut off
   */
  public EventFeed(String bootId, int held, int backlog) {
    this.bootId = bootId;
    this.held = held;
    this.backlog = backlog;
  }

  /** Another for each life of the daemon; part of an event's id. */
  public String bootId() {
    return bootId;
  }

  /** Numbers a transition and hands it to every reader. Never blocks on a reader. */
  public SlotEvent publish(
      Instant at,
      String slot,
      SlotState from,
      SlotState to,
      Reason reason,
      String message,
      String modelId,
      Evidence evidence) {
    synchronized (ring) {
      SlotEvent event =
          new SlotEvent(++seq, at, slot, from, to, reason, message, modelId, evidence);
      ring.addLast(event);
      if (ring.size() > held) {
        ring.removeFirst();
      }
      for (Reader reader : readers) {
        reader.offer(event);
      }
      return event;
    }
  }

  /** The number of the last event, 0 before the first. */
  public long lastSeq() {
    synchronized (ring) {
      return seq;
    }
  }

  /** Begins to read with the next event. */
  public Reader subscribe() {
    synchronized (ring) {
      Reader reader = new Reader(seq);
      readers.add(reader);
      return reader;
    }
  }

  /**
   * Goes on after event {@code after}, without a gap; empty when those events are no longer held,
   * or never were.
   */
  public Optional<Reader> resume(long after) {
    synchronized (ring) {
      long oldest = ring.isEmpty() ? seq + 1 : ring.getFirst().seq();
      if (after > seq || after + 1 < oldest || seq - after > backlog) {
        return Optional.empty();
      }
      Reader reader = new Reader(after);
      for (SlotEvent event : ring) {
        if (event.seq() > after) {
          reader.offer(event);
        }
      }
      readers.add(reader);
      return Optional.of(reader);
    }
  }

  /** How many read now. */
  public int readers() {
    return readers.size();
  }

  /** One reader's place in the feed. For one reading thread. */
  public final class Reader implements AutoCloseable {
    private final ArrayDeque<SlotEvent> unread = new ArrayDeque<>();
    private final long after;
    private boolean cutOff;
    private boolean closed;

    private Reader(long after) {
      this.after = after;
    }

    /** The number of the last event before this reader began: every later one comes. */
    public long startedAfter() {
      return after;
    }

    private synchronized void offer(SlotEvent event) {
      if (cutOff || closed) {
        return;
      }
      if (unread.size() >= backlog) {
        cutOff = true;
        unread.clear();
      } else {
        unread.addLast(event);
      }
      notifyAll();
    }

    /**
     * Waits for events, at most {@code patience}.
     *
     * @return all unread ones, in order; empty when none came
     * @throws CutOff if this reader was too slow: it must begin anew with a snapshot
     */
    public synchronized List<SlotEvent> take(Duration patience)
        throws InterruptedException, CutOff {
      if (unread.isEmpty() && !cutOff && !closed) {
        wait(Math.max(1, patience.toMillis()));
      }
      if (cutOff) {
        throw new CutOff();
      }
      List<SlotEvent> taken = new ArrayList<>(unread);
      unread.clear();
      return taken;
    }

    /** Whether {@link #close()} was called, by the reader or by somebody who wants it to end. */
    public synchronized boolean isClosed() {
      return closed;
    }

    @Override
    public void close() {
      readers.remove(this);
      synchronized (this) {
        closed = true;
        notifyAll();
      }
    }
  }

  /** A reader was slower than its backlog allows. */
  public static final class CutOff extends Exception {
    private static final long serialVersionUID = 1L;

    private CutOff() {
      super("read too slowly: begin anew with a snapshot");
    }
  }
}
