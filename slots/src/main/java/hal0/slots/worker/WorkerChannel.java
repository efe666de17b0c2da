package hal0.slots.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Calls to one worker, from any number of threads: one request at a time has the data connection,
 * in the order of asking. A call that times out or is cancelled costs its own connection only, so
 * that its late answer can't be taken for the next one's. Pings and the shutdown go over a
 * connection of their own and wait for no call. Connections are made when they are needed, and
 * again when they were lost: a channel outlives its worker.
 */
public final class WorkerChannel implements AutoCloseable {
  /** How many callers may wait. */
  public static final int MOST_WAITING = 1024;

  private final WorkerSockets sockets;
  private final Clockwork clock;
  private final Fate fate;
  private final Turns turns = new Turns(MOST_WAITING);
  private final AtomicLong ids = new AtomicLong();
  private final Set<WorkerCall> calls = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();
  private DataLink link;
  private boolean connected;
  private HealthLink health;
  private volatile boolean closed;

  /** What is known of the process at the other end. */
  @FunctionalInterface
  interface Fate {
    /**
     * Why it is gone, where that can be told; may wait a moment for it.
     *
     * @param connected whether it had been there
     */
    WorkerException of(WorkerException.Lost lost, boolean connected);
  }

  /** To a worker that somebody else runs. */
  public WorkerChannel(WorkerSockets sockets, Clockwork clock) {
    this(sockets, clock, (lost, connected) -> lost);
  }

  WorkerChannel(WorkerSockets sockets, Clockwork clock, Fate fate) {
    this.sockets = sockets;
    this.clock = clock;
    this.fate = fate;
  }

  /**
   * Asks, and waits for the whole answer.
   *
   * @param body the request's fields, as docs/worker-protocol.md has them for the role
   * @param timeout with the wait for others
   */
  public ObjectNode call(Role role, ObjectNode body, Duration timeout) throws WorkerException {
    try (WorkerCall call = begin(role, body, Limits.of(timeout))) {
      return call.result();
    }
  }

  /**
   * Takes its place in the queue; nothing is sent before the call is first waited for. Its time
   * runs from now on.
   *
   * @throws WorkerException.Unsendable when it is too large; no other call is concerned
   * @throws WorkerException.Saturated when too many wait
   */
  public WorkerCall begin(Role role, ObjectNode body, Limits limits) throws WorkerException {
    long id = ids.incrementAndGet();
    ByteBuffer bytes;
    try {
      bytes = Frames.encode(Frame.of(role.word(), id, body));
    } catch (FrameException e) {
      throw new WorkerException.Unsendable(e);
    }
    Turns.Turn turn = turns.take();
    if (turn == null) {
      throw new WorkerException.Saturated(turns.waiting());
    }
    WorkerCall call = new WorkerCall(this, clock, limits, id, bytes, turn);
    calls.add(call);
    if (call.isOver()) {
      calls.remove(call);
    }
    if (closed) {
      call.abort(new WorkerException.Closed());
      throw new WorkerException.Closed();
    }
    return call;
  }

  /** How the worker is; waits for no call. */
  public Pong ping(Duration timeout) throws WorkerException {
    return overHealth(timeout, link -> link.ping(timeout));
  }

  /** Asks the worker to end, and waits for its word that it will; its work may still take time. */
  public void shutdown(Duration timeout) throws WorkerException {
    overHealth(
        timeout,
        link -> {
          link.shutdown(timeout);
          return null;
        });
  }

  private interface Asking<T> {
    T of(HealthLink link) throws WorkerException;
  }

  private <T> T overHealth(Duration timeout, Asking<T> asking) throws WorkerException {
    HealthLink kept;
    synchronized (lock) {
      kept = health;
    }
    HealthLink used = health(timeout);
    try {
      return asking.of(used);
    } catch (WorkerException.Lost lost) {
      forget(used);
      if (used != kept) {
        throw fate.of(lost, true);
      }
    }
    // A connection that was kept may be one to a worker that is no more: asked again, it is well.
    used = health(timeout);
    try {
      return asking.of(used);
    } catch (WorkerException.Lost lost) {
      forget(used);
      throw fate.of(lost, true);
    }
  }

  /** Ends every call with {@link WorkerException.Closed}; the worker itself is left alone. */
  @Override
  public void close() {
    closed = true;
    abort(WorkerException.Closed::new);
    HealthLink last;
    synchronized (lock) {
      last = health;
      health = null;
      if (link != null) {
        link.close();
      }
      link = null;
    }
    if (last != null) {
      last.close();
    }
  }

  /** Ends every call, also those that wait, for the same reason. */
  void abort(Supplier<WorkerException> why) {
    calls.forEach(call -> call.abort(why.get()));
  }

  /** The connection for the call whose turn it is; not necessarily connected. */
  DataLink link() throws IOException, WorkerException {
    synchronized (lock) {
      if (closed) {
        throw new WorkerException.Closed();
      }
      if (link != null && connected && !link.isQuiet()) {
        link.close();
        link = null;
      }
      if (link == null) {
        link = new DataLink();
        connected = false;
      }
      return link;
    }
  }

  /** Connects it where it isn't; not under the lock, since it may take as long as the call may. */
  void connect(DataLink used) throws IOException {
    synchronized (lock) {
      if (connected && link == used) {
        return;
      }
    }
    used.connect(sockets);
    synchronized (lock) {
      connected = link == used;
    }
  }

  /** Closes a connection that is not to be used again. */
  void drop(DataLink used) {
    used.close();
    synchronized (lock) {
      if (link == used) {
        link = null;
      }
    }
  }

  void ended(WorkerCall call, Turns.Turn turn) {
    calls.remove(call);
    turns.give(turn);
  }

  WorkerException lost(String message, Throwable cause, boolean connected) {
    return fate.of(new WorkerException.Lost(message, cause), connected);
  }

  private void forget(HealthLink used) {
    used.close();
    synchronized (lock) {
      if (health == used) {
        health = null;
      }
    }
  }

  private HealthLink health(Duration timeout) throws WorkerException {
    synchronized (lock) {
      if (closed) {
        throw new WorkerException.Closed();
      }
      if (health != null && health.isOpen()) {
        return health;
      }
    }
    HealthLink fresh;
    try {
      fresh = HealthLink.open(sockets, clock, timeout);
    } catch (WorkerException.Lost lost) {
      throw fate.of(lost, false);
    }
    synchronized (lock) {
      if (!closed && (health == null || !health.isOpen())) {
        health = fresh;
        return fresh;
      }
    }
    fresh.close();
    return health(timeout);
  }
}
