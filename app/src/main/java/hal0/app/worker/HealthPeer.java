package hal0.app.worker;

import hal0.slots.worker.Frame;
import hal0.slots.worker.FrameDecoder;
import hal0.slots.worker.Frames;
import hal0.slots.worker.HealthLink;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** One connection to the health socket; never blocks. For the health socket's thread. */
final class HealthPeer {
  private static final Logger LOG = System.getLogger(HealthPeer.class.getName());

  /** A client that leaves more answers unread than that is dropped. */
  private static final int MOST_UNREAD = 256 << 10;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final FrameDecoder frames = new FrameDecoder(HealthLink.MOST);
  private final Deque<ByteBuffer> unread = new ArrayDeque<>();
  private int unreadBytes;
  private long quietSince;
  private boolean warned;

  /** What is said to a frame. */
  interface Answering {
    /** Null for nothing. */
    Frame answer(Frame frame);
  }

  HealthPeer(SocketChannel channel, SelectionKey key, long now) {
    this.channel = channel;
    this.key = key;
    this.quietSince = now;
  }

  long quietSince() {
    return quietSince;
  }

  /** Reads once and answers what is whole. */
  void read(Answering answering, long now) throws IOException {
    quietSince = now;
    if (frames.read(channel) < 0) {
      throw new IOException("the client has left");
    }
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      Frame answer = answering.answer(frame);
      if (answer == null) {
        warn(frame);
      } else {
        send(answer);
      }
    }
  }

  /** Writes what can be written of what waits. */
  void flush() throws IOException {
    while (!unread.isEmpty()) {
      ByteBuffer first = unread.peek();
      unreadBytes -= channel.write(first);
      if (first.hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
      unread.remove();
    }
    key.interestOps(SelectionKey.OP_READ);
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection did not close well", e);
    }
  }

  private void send(Frame frame) throws IOException {
    ByteBuffer bytes = Frames.encode(frame);
    unread.add(bytes);
    unreadBytes += bytes.remaining();
    flush();
    if (unreadBytes > MOST_UNREAD) {
      throw new IOException("the client reads no answers");
    }
  }

  private void warn(Frame frame) {
    if (!warned) {
      // Once: whoever sends such a frame sends many.
      warned = true;
      String kind = frame.kind();
      String shown = kind.length() > 100 ? kind.substring(0, 100) + "…" : kind;
      LOG.log(Level.WARNING, "no kind \"{0}\" on the health socket: dropped", shown);
    }
  }
}
