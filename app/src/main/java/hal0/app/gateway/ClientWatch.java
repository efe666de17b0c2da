package hal0.app.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that a client leaves while nothing is sent to it. May only be started when the request's
 * body has been read to its end, and must be stopped before the request ends: in between nobody
 * else reads from the connection. Safe for use by many threads.
 */
final class ClientWatch {
  private static final int PEEK = 1024;

  private final EndPoint endPoint;
  private final Connection connection;
  private final Runnable left;
  private boolean started;
  private boolean stopped;

  /**
   * @param left called once when the client has closed the connection, or its half of it
   */
  ClientWatch(Request request, Runnable left) {
    this.connection = request.getConnectionMetaData().getConnection();
    this.endPoint = connection.getEndPoint();
    this.left = left;
  }

  /** Begins. */
  synchronized void start() {
    if (!started && !stopped && endPoint instanceof AbstractEndPoint) {
      started = true;
      endPoint.tryFillInterested(new Readable());
    }
  }

  /** Ends: the connection is its own again. */
  synchronized void stop() {
    if (started && !stopped && endPoint instanceof AbstractEndPoint known) {
      stopped = true;
      known.getFillInterest().onFail(new EOFException("no longer watched"));
    }
    stopped = true;
  }

  private void look() {
    boolean gone = false;
    synchronized (this) {
      if (stopped) {
        return;
      }
      ByteBuffer peeked = BufferUtil.allocate(PEEK);
      try {
        int filled = endPoint.fill(peeked);
        gone = filled < 0;
        if (filled == 0) {
          endPoint.tryFillInterested(new Readable());
        } else if (filled > 0) {
          // The next request came early. From here on a failing write has to tell.
          ((Connection.UpgradeTo) connection).onUpgradeTo(peeked);
          stopped = true;
        }
      } catch (IOException | RuntimeException e) {
        gone = true;
      }
      stopped |= gone;
    }
    if (gone) {
      left.run();
    }
  }

  private void failed() {
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
    }
    left.run();
  }

  private final class Readable implements Callback {
    @Override
    public void succeeded() {
      look();
    }

    @Override
    public void failed(Throwable cause) {
      ClientWatch.this.failed();
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
