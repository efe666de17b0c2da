package hal0.app.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Connections to upstreams that may answer and hang up before they have read the request, as with a
 * 413: a write that fails is no end as long as the answer may yet be read. What was not written is
 * lost, and the reading side tells whether there is an answer.
 */
final class PatientConnector extends ClientConnector {
  @Override
  protected EndPoint newEndPoint(
      SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
    return new Patient((SocketChannel) channel, selector, key, getScheduler());
  }

  private static final class Patient extends SocketChannelEndPoint {
    Patient(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler timers) {
      super(channel, selector, key, timers);
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
      try {
        return super.flush(buffers);
      } catch (IOException broken) {
        if (!getChannel().isOpen() || isInputShutdown()) {
          throw broken;
        }
        for (ByteBuffer buffer : buffers) {
          BufferUtil.clear(buffer);
        }
        return true;
      }
    }
  }
}
