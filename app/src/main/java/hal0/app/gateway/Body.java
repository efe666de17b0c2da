package hal0.app.gateway;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.client.Request.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;

/**
 * A request's body on its way: what was held while its model was searched for, then what the client
 * sends, no faster than the upstream takes it. Safe for use by many threads.
 */
final class Body implements Content {
  /** What is left of a body is read away up to here, so that its sender gets to read the answer. */
  private static final long DISCARDED = 16L << 20;

  /** What is taken at once, in bytes, if it is there. */
  private static final long POLLED = 32 << 10;

  /** What only fills buffers is no sign of life of the upstream. */
  private static final long BUFFERED = 256 << 10;

  private final Request request;
  private final long length;
  private final long limit;
  private final AtomicLong budget;
  private final Deque<byte[]> held = new ArrayDeque<>();
  private long booked;
  private long read;
  private boolean ended;
  private boolean awaited;
  private Throwable failure;
  private boolean clientFailed;
  private Runnable discarded;
  private long discardedBytes;
  private Runnable moved = () -> {};
  private Runnable complete = () -> {};

  /** More was sent than may be. */
  static final class TooLong extends Exception {
    private static final long serialVersionUID = 1L;

    TooLong(long limit) {
      super("the body is longer than " + limit + " bytes");
    }
  }

  /**
   * @param length as announced; -1 when it was not
   * @param limit the most that is passed on, in bytes
   * @param budget how many bytes may yet be held, by all together
   */
  Body(Request request, long length, long limit, AtomicLong budget) {
    this.request = request;
    this.length = length;
    this.limit = limit;
    this.budget = budget;
  }

  /**
   * Keeps what was read of the request already.
   *
   * @return false if more is held by all than may be
   */
  synchronized boolean hold(byte[] bytes) {
    if (bytes.length > 0) {
      held.add(bytes);
      read += bytes.length;
      booked += bytes.length;
      return budget.addAndGet(-bytes.length) >= 0;
    }
    return true;
  }

  /** Takes what has come already, up to some length: mostly that is all of it. */
  synchronized void poll() {
    while (!ended && failure == null && read < POLLED) {
      Chunk chunk = request.read();
      if (chunk == null) {
        return;
      }
      if (Chunk.isFailure(chunk)) {
        clientFailed = true;
        failure = new EofException(chunk.getFailure());
        return;
      }
      byte[] bytes = new byte[chunk.remaining()];
      chunk.getByteBuffer().slice().get(bytes);
      ended = chunk.isLast();
      chunk.release();
      hold(bytes);
      if (read > limit) {
        failure = new TooLong(limit);
      }
    }
  }

  /** Nothing more comes from the client. */
  synchronized void end() {
    ended = true;
  }

  /** What is held, in order. */
  synchronized List<byte[]> held() {
    return List.copyOf(held);
  }

  /** How much was read of the request. */
  synchronized long bytesRead() {
    return read;
  }

  /**
   * @param moved called for each part that is asked for once the first ones were taken
   * @param complete called when all of it was read from the client
   */
  synchronized void follow(Runnable moved, Runnable complete) {
    this.moved = moved;
    this.complete = complete;
  }

  /** The most that is passed on, in bytes. */
  long limit() {
    return limit;
  }

  /** Whether there is nothing at all. */
  synchronized boolean isEmpty() {
    return ended && read == 0;
  }

  /** Whether all of it was read from the client. */
  synchronized boolean isComplete() {
    return ended;
  }

  /** Whether the next part is awaited from the client. */
  synchronized boolean isAwaited() {
    return awaited;
  }

  /** Whether the client is gone, as far as reading from it tells. */
  synchronized boolean isClientGone() {
    return clientFailed;
  }

  /** Why it could not be passed on, when that is the body's own fault. */
  synchronized Optional<Throwable> fault() {
    return Optional.ofNullable(failure);
  }

  /** What the client said, or did not say. */
  @Override
  public String getContentType() {
    return null;
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public Chunk read() {
    Runnable told = () -> {};
    Chunk chunk;
    synchronized (this) {
      boolean before = ended;
      chunk = next();
      if (chunk != null && read > BUFFERED) {
        told = moved;
      }
      if (ended && !before) {
        Runnable progress = told;
        told =
            () -> {
              progress.run();
              complete.run();
            };
      }
    }
    told.run();
    return chunk;
  }

  private Chunk next() {
    if (failure != null) {
      return Chunk.from(failure, true);
    }
    byte[] first = held.poll();
    if (first != null) {
      if (held.isEmpty()) {
        forget();
      }
      return Chunk.from(ByteBuffer.wrap(first), ended && held.isEmpty());
    }
    if (ended) {
      return Chunk.EOF;
    }
    Chunk chunk = request.read();
    if (chunk == null) {
      return null;
    }
    if (Chunk.isFailure(chunk)) {
      clientFailed = true;
      failure = new EofException(chunk.getFailure());
      return Chunk.from(failure, true);
    }
    read += chunk.remaining();
    if (read > limit) {
      chunk.release();
      failure = new TooLong(limit);
      return Chunk.from(failure, true);
    }
    ended = chunk.isLast();
    return chunk;
  }

  @Override
  public void demand(Runnable more) {
    boolean now;
    synchronized (this) {
      now = failure != null || ended || !held.isEmpty();
      awaited = !now;
    }
    if (now) {
      more.run();
    } else {
      request.demand(() -> arrived(more));
    }
  }

  private void arrived(Runnable more) {
    boolean goesOn;
    synchronized (this) {
      awaited = false;
      goesOn = discarded == null;
    }
    if (goesOn) {
      more.run();
    } else {
      discardMore();
    }
  }

  @Override
  public void fail(Throwable cause) {
    synchronized (this) {
      if (failure == null) {
        failure = cause;
      }
      held.clear();
      forget();
    }
  }

  /** Nothing is held any more. */
  synchronized void forget() {
    budget.addAndGet(booked);
    booked = 0;
  }

  /**
   * Reads away what is left, up to a limit, and then calls {@code then}, which happens at once
   * where nothing is left.
   */
  void discard(Runnable then) {
    boolean waits;
    synchronized (this) {
      fail(new EofException("not wanted any more"));
      discarded = then;
      waits = awaited;
    }
    if (!waits) {
      discardMore();
    }
  }

  private void discardMore() {
    Runnable then;
    synchronized (this) {
      while (!ended && discardedBytes < DISCARDED) {
        Chunk chunk = request.read();
        if (chunk == null) {
          awaited = true;
          break;
        }
        ended = chunk.isLast();
        discardedBytes += chunk.remaining();
        chunk.release();
      }
      then = awaited ? null : discarded;
    }
    if (then == null) {
      request.demand(() -> arrived(() -> {}));
    } else {
      then.run();
    }
  }
}
