package hal0.slots.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens where a worker does, and does with each frame what a test says. */
final class ScriptedWorker implements AutoCloseable {
  private final Set<SocketChannel> peers = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger dataConnections = new AtomicInteger();
  private final AtomicInteger healthConnections = new AtomicInteger();
  private final ServerSocketChannel data;
  private final ServerSocketChannel health;

  /** What is done with a frame; an IOException ends its connection. */
  interface Script {
    void take(Peer peer, Frame frame) throws Exception;
  }

  /** A connection. */
  record Peer(SocketChannel channel) {
    void send(Frame frame) throws IOException {
      Frames.write(channel, Frames.encode(frame));
    }

    void sendBytes(byte[] bytes) throws IOException {
      Frames.write(channel, ByteBuffer.wrap(bytes));
    }

    void close() throws IOException {
      channel.close();
    }
  }

  ScriptedWorker(Path directory, Script data, Script health) {
    WorkerSockets sockets = new WorkerSockets(directory);
    this.data = listen(sockets.data(), data, dataConnections);
    this.health = listen(sockets.health(), health, healthConnections);
  }

  int dataConnections() {
    return dataConnections.get();
  }

  int healthConnections() {
    return healthConnections.get();
  }

  /** Comes back when every connection has ended, also for the other side. */
  @Override
  public void close() {
    try {
      data.close();
      health.close();
      for (SocketChannel peer : peers) {
        peer.close();
      }
      for (Thread thread : threads) {
        thread.interrupt();
        thread.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerSocketChannel listen(Path path, Script script, AtomicInteger connections) {
    try {
      Files.deleteIfExists(path);
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(path));
      Thread.ofVirtual().start(() -> accept(server, script, connections));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocketChannel server, Script script, AtomicInteger connections) {
    while (true) {
      try {
        SocketChannel channel = server.accept();
        peers.add(channel);
        connections.incrementAndGet();
        Thread thread = Thread.ofVirtual().unstarted(() -> serve(channel, script));
        threads.add(thread);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(SocketChannel channel, Script script) {
    FrameDecoder frames = new FrameDecoder(Frames.MOST);
    try (channel) {
      for (Frame one = frames.await(channel); one != null; one = frames.await(channel)) {
        script.take(new Peer(channel), one);
      }
    } catch (IOException gone) {
      // The client, or this worker's end.
      peers.remove(channel);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    peers.remove(channel);
  }
}
