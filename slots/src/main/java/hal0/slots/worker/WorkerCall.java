package hal0.slots.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/**
 * One request to a worker and its answer. {@link #result()}, {@link #next()} and {@link #end()}
 * block and are for one thread, best a virtual one; {@link #cancel()} and {@link #close()} are for
 * any. Interrupting the thread that waits cancels too. A call must be closed, or read to its end:
 * until then nobody else is served by this channel, at the latest until its deadline.
 */
public final class WorkerCall implements AutoCloseable {
  private final WorkerChannel channel;
  private final Clockwork clock;
  private final Limits limits;
  private final long id;
  private final ByteBuffer bytes;
  private final Turns.Turn turn;
  private final long began;

  /**
   * Guards the next two: who ends the call must see the connection that it has, or it gets none.
   */
  private final Object lock = new Object();

  /** Set once, by whoever ends the call first. */
  private volatile Outcome outcome;

  private DataLink link;
  private volatile long heard;
  private volatile boolean asked;
  private volatile Clockwork.Timer timer = () -> {};
  private boolean connected;
  private ObjectNode end;

  /**
   * @param failure null for none
   */
  private record Outcome(WorkerException failure) {}

  WorkerCall(
      WorkerChannel channel,
      Clockwork clock,
      Limits limits,
      long id,
      ByteBuffer bytes,
      Turns.Turn turn) {
    this.channel = channel;
    this.clock = clock;
    this.limits = limits;
    this.id = id;
    this.bytes = bytes;
    this.turn = turn;
    this.began = clock.nanos();
    this.heard = began;
    arm();
  }

  /** Waits for a whole answer; of a streamed one, for its end, past all chunks. */
  public ObjectNode result() throws WorkerException {
    while (next() != null) {
      continue;
    }
    return end();
  }

  /**
   * Waits for the next part of a streamed answer.
   *
   * @return its frame's content; null once the answer has ended, and then {@link #end()} has it
   */
  public ObjectNode next() throws WorkerException {
    if (end != null) {
      return null;
    }
    Frame frame = receive();
    switch (frame.kind()) {
      case Frame.STREAM_CHUNK -> {
        return frame.json();
      }
      case Frame.RESULT, Frame.STREAM_END -> {
        end = frame.json();
        finish(null, true);
        return null;
      }
      case Frame.ERROR -> {
        var error = frame.json().path("error");
        throw fail(
            new WorkerException.Answered(
                error.path("type").asText("unknown"),
                error.path("message").asText(""),
                error.path("trace").asText("")),
            true);
      }
      default ->
          throw fail(
              new WorkerException.Broken("the worker answered with " + frame.kind(), null), false);
    }
  }

  /** The {@code result} or {@code stream_end}; null before it has come. */
  public ObjectNode end() {
    return end;
  }

  /** Gives it up, unless it has ended: the worker is told by the end of the connection. */
  public void cancel() {
    finish(new WorkerException.Cancelled(), false);
  }

  /** The same as {@link #cancel()}. */
  @Override
  public void close() {
    cancel();
  }

  boolean isOver() {
    return outcome != null;
  }

  /** Ends it for a reason that lies outside of it. */
  void abort(WorkerException why) {
    finish(why, false);
  }

  private Frame receive() throws WorkerException {
    try {
      if (!asked) {
        ask();
      }
      Frame frame = link.receive();
      heard = clock.nanos();
      if (frame == null) {
        throw fail(channel.lost("the worker closed the connection", null, true), false);
      }
      if (frame.id().isEmpty() || frame.id().getAsLong() != id) {
        throw fail(
            new WorkerException.Broken(
                "the worker answered another request: " + frame.json().path("id"), null),
            false);
      }
      return frame;
    } catch (FrameException broken) {
      throw fail(
          broken.why() == FrameException.Why.CUT_OFF
              ? channel.lost(broken.getMessage(), broken, true)
              : new WorkerException.Broken("the worker sent " + broken.getMessage(), broken),
          false);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void ask() throws WorkerException, IOException {
    try {
      turn.come().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fail(new WorkerException.Cancelled(), false);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    synchronized (lock) {
      if (outcome != null) {
        throw outcome.failure;
      }
      link = channel.link();
    }
    heard = clock.nanos();
    asked = true;
    channel.connect(link);
    connected = true;
    link.send(bytes);
    heard = clock.nanos();
  }

  /** What an exception of the connection means: mostly that somebody ended the call. */
  private WorkerException failure(IOException e) {
    Outcome ended = outcome;
    if (ended != null && ended.failure != null) {
      return ended.failure;
    }
    if (Thread.currentThread().isInterrupted()) {
      return fail(new WorkerException.Cancelled(), false);
    }
    return fail(
        channel.lost("the worker can't be reached: " + e.getMessage(), e, connected), false);
  }

  private WorkerException fail(WorkerException why, boolean whole) {
    finish(why, whole);
    WorkerException first = outcome.failure;
    return first == null ? why : first;
  }

  /**
   * @param why null where it went well
   * @param whole whether the answer has been read to its end, so that the next call may follow on
   *     the same connection
   */
  private void finish(WorkerException why, boolean whole) {
    DataLink used;
    synchronized (lock) {
      if (outcome != null) {
        return;
      }
      outcome = new Outcome(why);
      used = link;
    }
    timer.cancel();
    if (used != null && !whole) {
      channel.drop(used);
    }
    channel.ended(this, turn);
    // Whoever waits for a turn that never comes is woken to see why.
    turn.come().complete(null);
  }

  private void arm() {
    long now = clock.nanos();
    long whole = limits.whole().toNanos() - (now - began);
    long silence = asked ? limits.silence().toNanos() - (now - heard) : Long.MAX_VALUE;
    long left = Math.min(whole, silence);
    if (left <= 0) {
      boolean late = whole <= 0;
      Duration limit = late ? limits.whole() : limits.silence();
      finish(
          new WorkerException.TimedOut(
              (late ? "no whole answer within " : "no word from the worker for ")
                  + limit.toMillis()
                  + " ms"),
          false);
      return;
    }
    // The silence may begin to count at any time, so it is looked at as often as it may last.
    long wait = Math.min(left, Math.max(limits.silence().toNanos(), 1_000_000));
    timer = clock.schedule(Duration.ofNanos(wait), this::arm);
    if (outcome != null) {
      timer.cancel();
    }
  }
}
