package hal0.app.worker;

import hal0.slots.time.Clockwork;
import hal0.slots.worker.Frame;
import hal0.slots.worker.FrameException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Pings, the shutdown, and what systemd is told: one platform thread that waits for nothing else,
 * so that however busy or stuck the work is, this goes on.
 */
final class HealthServer implements AutoCloseable {
  /** More connections than that cost the one that has been quiet for longest. */
  static final int MOST_PEERS = 32;

  private static final Logger LOG = System.getLogger(HealthServer.class.getName());
  private static final Duration ERROR_PAUSE = Duration.ofMillis(100);
  private static final long JOIN_MS = 1000;

  private final SocketFile socket;
  private final Listening listening;
  private final Pulse pulse;
  private final Clockwork clock;
  private final Selector selector;
  private final Set<HealthPeer> peers = new HashSet<>();
  private final Thread thread = Thread.ofPlatform().name("hal0-health").unstarted(this::run);
  private volatile boolean ended;

  /** Whom it asks and tells. All of it is called on the health socket's thread: don't block. */
  interface Listening {
    /** The answer to a ping. */
    Frame pong(long id);

    /** A client asks for the end. */
    void shutdown();

    /** The last connection has ended. */
    void alone();
  }

  HealthServer(SocketFile socket, Listening listening, Pulse pulse, Clockwork clock)
      throws IOException {
    this.socket = socket;
    this.listening = listening;
    this.pulse = pulse;
    this.clock = clock;
    this.selector = Selector.open();
    socket.server().configureBlocking(false);
    socket.server().register(selector, SelectionKey.OP_ACCEPT);
  }

  void start() {
    thread.start();
  }

  /** Makes it look at once at what may have changed. From any thread. */
  void wake() {
    selector.wakeup();
  }

  /** Ends the thread, every connection and the socket; waits up to a second. */
  @Override
  public void close() throws IOException {
    ended = true;
    selector.wakeup();
    try {
      thread.join(JOIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    selector.close();
    socket.close();
  }

  private void run() {
    try {
      while (!ended) {
        round(pulse.beat());
      }
    } catch (IOException | RuntimeException e) {
      if (!ended) {
        // Without health there is no way to tell a well worker from a stuck one.
        LOG.log(Level.ERROR, "the health socket failed: the worker ends", e);
        listening.shutdown();
      }
    }
    peers.forEach(HealthPeer::close);
  }

  private void round(Optional<Duration> wait) throws IOException {
    if (wait.isPresent()) {
      selector.select(this::turn, Math.max(1, wait.get().toMillis()));
    } else {
      selector.select(this::turn);
    }
  }

  private void turn(SelectionKey key) {
    if (key.channel() instanceof ServerSocketChannel server) {
      accept(server, key);
      return;
    }
    HealthPeer peer = (HealthPeer) key.attachment();
    try {
      if (key.isValid() && key.isWritable()) {
        peer.flush();
      }
      if (key.isValid() && key.isReadable()) {
        peer.read(this::answer, clock.nanos());
      }
    } catch (FrameException broken) {
      LOG.log(Level.WARNING, "a broken frame on the health socket: {0}", broken.getMessage());
      drop(peer);
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "a connection to the health socket ended", gone);
      drop(peer);
    }
  }

  private void accept(ServerSocketChannel server, SelectionKey listens) {
    try {
      SocketChannel channel = server.accept();
      if (channel == null) {
        return;
      }
      if (peers.size() >= MOST_PEERS) {
        peers.stream().min(Comparator.comparingLong(HealthPeer::quietSince)).ifPresent(this::evict);
      }
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      HealthPeer peer = new HealthPeer(channel, key, clock.nanos());
      key.attach(peer);
      peers.add(peer);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "no connection to the health socket can be taken", e);
      // Without files left, trying again at once would only burn the processor.
      listens.interestOps(0);
      clock.schedule(ERROR_PAUSE, () -> acceptAgain(listens));
    }
  }

  private void acceptAgain(SelectionKey listens) {
    if (!ended && listens.isValid()) {
      listens.interestOps(SelectionKey.OP_ACCEPT);
      selector.wakeup();
    }
  }

  private void evict(HealthPeer peer) {
    peer.close();
    peers.remove(peer);
  }

  private void drop(HealthPeer peer) {
    evict(peer);
    if (peers.isEmpty()) {
      listening.alone();
    }
  }

  private Frame answer(Frame frame) {
    long id = frame.id().orElse(0);
    return switch (frame.kind()) {
      case Frame.PING -> listening.pong(id);
      case Frame.SHUTDOWN -> {
        listening.shutdown();
        yield Frame.of(Frame.ACK, id);
      }
      default -> null;
    };
  }
}
