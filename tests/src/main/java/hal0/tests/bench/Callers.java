package hal0.tests.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many connections and one thread for all of them. For one thread. */
final class Callers implements AutoCloseable {
  private final Selector selector = Selector.open();
  private final ByteBuffer request;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final ByteBuffer dropped = ByteBuffer.allocateDirect(1 << 16);
  private long answers;

  /** Opens them. */
  Callers(int port, int connections, ByteBuffer request) throws IOException {
    this.request = request;
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      channels.add(channel);
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(4096));
    }
  }

  /** All ask, and each asks again as soon as it has its answer; returns the answers a second. */
  double askFor(Duration time) throws IOException {
    for (SocketChannel channel : channels) {
      channel.write(request.duplicate());
    }
    long begin = System.nanoTime();
    long before = answers;
    while (System.nanoTime() - begin < time.toNanos()) {
      select(this::again);
    }
    double rate = (answers - before) * 1e9 / (System.nanoTime() - begin);
    long due = answers + channels.size();
    while (answers < due) {
      select(this::last);
    }
    return rate;
  }

  /** All ask for a stream; returns when each has begun, and goes on reading for so long. */
  void stream(Duration time) throws IOException {
    for (SocketChannel channel : channels) {
      channel.write(request.duplicate());
    }
    int begun = 0;
    long begin = System.nanoTime();
    while (begun < channels.size() || System.nanoTime() - begin < time.toNanos()) {
      long before = answers;
      select(this::drop);
      begun += (int) (answers - before);
      begin = begun < channels.size() ? System.nanoTime() : begin;
    }
  }

  private interface Act {
    void on(SocketChannel channel, SelectionKey key) throws IOException;
  }

  private void select(Act act) throws IOException {
    selector.select(100);
    for (SelectionKey key : selector.selectedKeys()) {
      act.on((SocketChannel) key.channel(), key);
    }
    selector.selectedKeys().clear();
  }

  private void again(SocketChannel channel, SelectionKey key) throws IOException {
    if (answered(channel, key)) {
      channel.write(request.duplicate());
    }
  }

  private void last(SocketChannel channel, SelectionKey key) throws IOException {
    answered(channel, key);
  }

  private boolean answered(SocketChannel channel, SelectionKey key) throws IOException {
    ByteBuffer in = (ByteBuffer) key.attachment();
    if (channel.read(in) < 0) {
      throw new IOException("the connection was closed");
    }
    if (!Caller.isWhole(in)) {
      return false;
    }
    answers++;
    in.clear();
    return true;
  }

  /** The first bytes count, the rest is read away. */
  private void drop(SocketChannel channel, SelectionKey key) throws IOException {
    dropped.clear();
    if (channel.read(dropped) < 0) {
      throw new IOException("the connection was closed");
    }
    ByteBuffer mark = (ByteBuffer) key.attachment();
    if (mark.position() == 0) {
      mark.put((byte) 1);
      answers++;
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
