package hal0.slots.worker;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection to a worker's health socket. An answer that comes too late is passed over, so that
 * it stays of use after a ping that timed out. Safe for use by many threads; closing it ends every
 * wait.
 */
public final class HealthLink implements AutoCloseable {
  /** The most bytes of a frame on this socket. */
  public static final int MOST = 64 << 10;

  /** Some hundred small frames fit into a socket that nobody reads. */
  private static final int MOST_UNANSWERED = 64;

  private final SocketChannel channel;
  private final Clockwork clock;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Frame>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final Object writing = new Object();
  private volatile boolean open = true;

  private HealthLink(SocketChannel channel, Clockwork clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /**
   * Connects.
   *
   * @throws WorkerException.Lost when nobody listens there
   * @throws WorkerException.TimedOut when the connection isn't taken
   */
  public static HealthLink open(WorkerSockets sockets, Clockwork clock, Duration timeout)
      throws WorkerException {
    // Whoever comes first decides, the connection or the end of the time for it.
    AtomicBoolean decided = new AtomicBoolean();
    Clockwork.Timer late = () -> {};
    try {
      HealthLink link = new HealthLink(SocketChannel.open(StandardProtocolFamily.UNIX), clock);
      late =
          clock.schedule(
              timeout,
              () -> {
                if (decided.compareAndSet(false, true)) {
                  link.close();
                }
              });
      try {
        link.channel.connect(sockets.healthAddress());
      } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
        boolean tooLate = !decided.compareAndSet(false, true);
        link.close();
        throw tooLate ? tooLate() : new WorkerException.Lost(unreachable(e), e);
      }
      if (!decided.compareAndSet(false, true)) {
        throw tooLate();
      }
      clock.execute(link::read);
      return link;
    } catch (IOException e) {
      throw new WorkerException.Lost(unreachable(e), e);
    } finally {
      late.cancel();
    }
  }

  private static WorkerException tooLate() {
    return new WorkerException.TimedOut("the worker takes no connection");
  }

  private static String unreachable(Exception e) {
    return "the worker can't be reached: " + e.getMessage();
  }

  /** How the worker is. */
  public Pong ping(Duration timeout) throws WorkerException {
    Frame answer = ask(Frame.PING, timeout);
    return Pong.of(answer)
        .orElseThrow(
            () -> new WorkerException.Broken("a ping was answered with " + answer.kind(), null));
  }

  /** Asks it to end; comes back with its word that it will. */
  public void shutdown(Duration timeout) throws WorkerException {
    Frame answer = ask(Frame.SHUTDOWN, timeout);
    if (!answer.is(Frame.ACK)) {
      throw new WorkerException.Broken("a shutdown was answered with " + answer.kind(), null);
    }
  }

  /** Whether it can be used, as far as is known. */
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    try {
      channel.close();
    } catch (IOException e) {
      // It is not used again either way.
      open = false;
    }
    lose("the connection is closed", null);
  }

  private Frame ask(String kind, Duration timeout) throws WorkerException {
    long id = ids.incrementAndGet();
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    Clockwork.Timer late =
        clock.schedule(
            timeout,
            () ->
                answer.completeExceptionally(
                    new WorkerException.TimedOut(
                        "no answer to a " + kind + " within " + timeout.toMillis() + " ms")));
    try {
      send(Frames.encode(Frame.of(kind, id)));
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WorkerException.Cancelled();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof WorkerException known
          ? known
          : new WorkerException.Broken("a " + kind + " failed", e.getCause());
    } catch (FrameException e) {
      throw new WorkerException.Unsendable(e);
    } finally {
      late.cancel();
      waiting.remove(id);
    }
  }

  /** Never blocks: a worker that reads nothing is sent no more than fits into its socket. */
  private void send(ByteBuffer bytes) {
    synchronized (writing) {
      if (unanswered.get() < MOST_UNANSWERED) {
        unanswered.incrementAndGet();
        try {
          Frames.write(channel, bytes);
        } catch (IOException e) {
          lose(unreachable(e), e);
        }
      }
    }
    if (!open) {
      lose("the connection is closed", null);
    }
  }

  private void read() {
    FrameDecoder frames = new FrameDecoder(MOST);
    try {
      for (Frame frame = frames.await(channel); frame != null; frame = frames.await(channel)) {
        unanswered.decrementAndGet();
        CompletableFuture<Frame> asker =
            frame.id().isEmpty() ? null : waiting.get(frame.id().getAsLong());
        if (asker != null) {
          asker.complete(frame);
        }
      }
      lose("the worker closed the connection", null);
    } catch (IOException e) {
      lose(unreachable(e), e);
    }
    close();
  }

  private void lose(String why, Throwable cause) {
    open = false;
    waiting
        .values()
        .forEach(one -> one.completeExceptionally(new WorkerException.Lost(why, cause)));
  }
}
