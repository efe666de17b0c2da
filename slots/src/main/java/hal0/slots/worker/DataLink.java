package hal0.slots.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One connection to a worker's data socket. For one thread; only closing is for any. */
final class DataLink implements AutoCloseable {
  private final SocketChannel channel;
  private final FrameDecoder frames = new FrameDecoder(Frames.MOST);

  DataLink() throws IOException {
    this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
  }

  void connect(WorkerSockets sockets) throws IOException {
    channel.connect(sockets.dataAddress());
  }

  /** Whether the worker has neither closed it nor said a word since the last answer. */
  boolean isQuiet() {
    if (frames.holdsBytes()) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      int read = frames.read(channel);
      channel.configureBlocking(true);
      return read == 0;
    } catch (IOException gone) {
      return false;
    }
  }

  void send(ByteBuffer bytes) throws IOException {
    Frames.write(channel, bytes);
  }

  /** Null at the end of the connection. */
  Frame receive() throws IOException {
    return frames.await(channel);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is left to be told: it is not used again either way.
      return;
    }
  }
}
