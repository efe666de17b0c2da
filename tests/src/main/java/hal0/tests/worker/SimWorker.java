package hal0.tests.worker;

import hal0.slots.worker.Child;
import hal0.slots.worker.Frame;
import hal0.slots.worker.FrameDecoder;
import hal0.slots.worker.Frames;
import hal0.slots.worker.Pong;
import hal0.slots.worker.WorkerSockets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A worker's process, simulated: it listens where one would, answers for a while, and then crashes
 * in a way that its seed says, as a process does: all its connections end and its sockets' files
 * stay.
 */
public final class SimWorker implements Child {
  private static final int KILLED = 137;
  private static final byte[] LOG = "something went wrong\n".getBytes(StandardCharsets.UTF_8);

  private final Set<SocketChannel> peers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger left;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final ServerSocketChannel data;
  private final ServerSocketChannel health;
  private final int way;
  private final boolean deaf;

  private SimWorker(Path directory, long seed) throws IOException {
    Random random = new Random(seed);
    this.left = new AtomicInteger(random.nextInt(4));
    this.way = random.nextInt(5);
    this.deaf = random.nextInt(4) == 0;
    WorkerSockets sockets = new WorkerSockets(directory);
    this.data = listen(sockets.data());
    this.health = listen(sockets.health());
    Thread.ofVirtual().start(() -> accept(data));
    Thread.ofVirtual().start(() -> accept(health));
  }

  /** Starts one. */
  public static SimWorker start(Path directory, long seed) throws IOException {
    return new SimWorker(directory, seed);
  }

  @Override
  public long pid() {
    return 4711;
  }

  @Override
  public CompletableFuture<Integer> exit() {
    return exit;
  }

  @Override
  public void terminate() {
    if (!deaf) {
      end(0);
    }
  }

  @Override
  public void kill() {
    end(KILLED);
  }

  @Override
  public InputStream log() {
    return new ByteArrayInputStream(LOG);
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return server.bind(UnixDomainSocketAddress.of(path));
  }

  private void accept(ServerSocketChannel server) {
    while (!exit.isDone()) {
      try {
        SocketChannel channel = server.accept();
        peers.add(channel);
        if (exit.isDone()) {
          channel.close();
        }
        Thread.ofVirtual().start(() -> serve(channel));
      } catch (IOException ended) {
        return;
      }
    }
  }

  private void serve(SocketChannel channel) {
    FrameDecoder frames = new FrameDecoder(Frames.MOST);
    try (channel) {
      for (Frame one = frames.await(channel); one != null; one = frames.await(channel)) {
        take(channel, one);
      }
    } catch (IOException gone) {
      peers.remove(channel);
    }
    peers.remove(channel);
  }

  private void take(SocketChannel channel, Frame frame) throws IOException {
    long id = frame.id().orElse(0);
    switch (frame.kind()) {
      case Frame.PING -> send(channel, pong().frame(id));
      case Frame.SHUTDOWN -> {
        if (!deaf) {
          send(channel, Frame.of(Frame.ACK, id));
          end(0);
        }
      }
      default -> {
        if (left.getAndDecrement() > 0) {
          send(channel, Frame.of(Frame.RESULT, id, frame.json()));
        } else {
          crash(channel, id);
        }
      }
    }
  }

  private void crash(SocketChannel channel, long id) throws IOException {
    switch (way) {
      case 0 -> channel.write(ByteBuffer.wrap(new byte[] {0, 0, 1, 0, '{'}));
      case 1 -> send(channel, Frame.of(Frame.STREAM_CHUNK, id));
      case 2 -> channel.close();
      case 3 -> {
        data.close();
        send(channel, Frame.of(Frame.STREAM_CHUNK, id));
      }
      default -> {
        // Without a word.
      }
    }
    end(way == 4 ? 3 : KILLED);
  }

  private void end(int number) {
    close(data);
    close(health);
    exit.complete(number);
    peers.forEach(SimWorker::close);
  }

  private static void close(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(SocketChannel channel, Frame frame) throws IOException {
    Frames.write(channel, Frames.encode(frame));
  }

  private static Pong pong() {
    return new Pong(Pong.State.READY, "chat", "m", true, 0, "", OptionalDouble.of(1), "", 0);
  }
}
