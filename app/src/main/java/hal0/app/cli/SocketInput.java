package hal0.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Reads from a channel and loses patience, which channels of unix sockets do not by themselves. For
 * one thread.
 */
final class SocketInput extends InputStream {
  private final SocketChannel channel;
  private final int silenceMs;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 << 10).flip();

  /**
   * @param silenceMs how long nothing may come, in ms; 0 for as long as it takes
   */
  SocketInput(SocketChannel channel, int silenceMs) throws IOException {
    this.channel = channel;
    this.silenceMs = silenceMs;
    this.selector = Selector.open();
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int read = Math.min(length, buffer.remaining());
    buffer.get(bytes, from, read);
    return read;
  }

  /** Waits until there is something in the buffer; false at the end. */
  private boolean fill() throws IOException {
    while (!buffer.hasRemaining()) {
      buffer.clear();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        return false;
      }
      if (read == 0) {
        await();
      }
    }
    return true;
  }

  private void await() throws IOException {
    if (selector.select(silenceMs) == 0) {
      throw new SocketTimeoutException("nothing came");
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
