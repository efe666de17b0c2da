package hal0.app.gateway;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Passes an answer on, part by part as it comes: the next part is read when the client has taken
 * the one before.
 */
final class Pump extends IteratingCallback {
  /** What is told of it. */
  interface Listener {
    /** A part came from the upstream, or was taken by the client. */
    void moved(boolean fromUpstream);

    /**
     * The upstream's answer broke off: what is to be said of it at the end, if that is possible.
     */
    Optional<byte[]> brokeOff(Throwable cause);

    /** All was sent. */
    void sent();

    /** The answer could not be ended as it should. */
    void lost(Throwable cause);
  }

  private final Content.Source source;
  private final Response response;
  private final Listener listener;
  private final Runnable more = Invocable.from(InvocationType.NON_BLOCKING, this::iterate);
  private Content.Chunk sending;
  private boolean begun;
  private boolean last;
  private volatile boolean isWriting;

  Pump(Content.Source source, Response response, Listener listener) {
    this.source = source;
    this.response = response;
    this.listener = listener;
  }

  /** Whether it waits for the client. */
  boolean isWriting() {
    return isWriting;
  }

  @Override
  protected Action process() throws EofException {
    if (isWriting) {
      listener.moved(false);
    }
    isWriting = false;
    release();
    if (last) {
      return Action.SUCCEEDED;
    }
    Content.Chunk next = source.read();
    while (next != null && !next.isLast() && !next.hasRemaining() && !isFailure(next)) {
      next.release();
      next = source.read();
    }
    if (next == null) {
      return await();
    }
    if (isFailure(next)) {
      return breakOff(next.getFailure());
    }
    listener.moved(true);
    sending = next;
    write(next.isLast(), next.getByteBuffer());
    return Action.SCHEDULED;
  }

  private static boolean isFailure(Content.Chunk chunk) {
    return Content.Chunk.isFailure(chunk);
  }

  private Action await() {
    if (!begun) {
      // The headers go out without waiting for what follows.
      write(false, BufferUtil.EMPTY_BUFFER);
      return Action.SCHEDULED;
    }
    source.demand(more);
    return Action.IDLE;
  }

  private Action breakOff(Throwable cause) throws EofException {
    Optional<byte[]> words = listener.brokeOff(cause);
    if (words.isEmpty()) {
      throw new EofException(cause);
    }
    write(true, ByteBuffer.wrap(words.get()));
    return Action.SCHEDULED;
  }

  private void write(boolean isLast, ByteBuffer bytes) {
    begun = true;
    last = isLast;
    isWriting = true;
    response.write(isLast, bytes, this);
  }

  private void release() {
    if (sending != null) {
      sending.release();
      sending = null;
    }
  }

  @Override
  protected void onCompleteSuccess() {
    listener.sent();
  }

  @Override
  protected void onCompleteFailure(Throwable cause) {
    isWriting = false;
    release();
    listener.lost(cause);
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
