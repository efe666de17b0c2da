package hal0.tests.worker;

import hal0.slots.worker.Frame;
import hal0.slots.worker.FrameDecoder;
import hal0.slots.worker.Frames;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A connection over which anything can be sent. For one thread. */
public final class RawClient implements AutoCloseable {
  private final SocketChannel channel;
  private final FrameDecoder frames = new FrameDecoder(Frames.MOST);

  /** Connects. */
  public RawClient(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  /** Sends a frame. */
  public RawClient send(Frame frame) throws IOException {
    Frames.write(channel, Frames.encode(frame));
    return this;
  }

  /** Sends what may be none. */
  public RawClient send(byte[] bytes) throws IOException {
    Frames.write(channel, ByteBuffer.wrap(bytes));
    return this;
  }

  /** Says that nothing more will be sent. */
  public RawClient end() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  /** The next frame; null once the worker has closed the connection, however it did. */
  public Frame receive() throws IOException {
    try {
      return frames.await(channel);
    } catch (java.net.SocketException reset) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
