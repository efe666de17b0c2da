package hal0.app.worker;

import hal0.slots.time.Clockwork;
import hal0.slots.worker.Role;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes the connections of the data socket; each has a thread of its own, a {@link DataPeer}. */
final class DataServer implements AutoCloseable {
  /** More connections than that cost the one that has been quiet for longest. */
  static final int MOST_PEERS = 64;

  private static final Logger LOG = System.getLogger(DataServer.class.getName());

  /** A client that takes no byte of its answer for so long has given it up. */
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final long ERROR_PAUSE_MS = 100;
  private static final long JOIN_MS = 1000;

  private final SocketFile socket;
  private final Role role;
  private final Work work;
  private final Vitals vitals;
  private final Clockwork clock;
  private final Set<DataPeer> peers = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("hal0-data").unstarted(this::accept);
  private volatile Clockwork.Timer look = () -> {};

  DataServer(SocketFile socket, Role role, Work work, Vitals vitals, Clockwork clock) {
    this.socket = socket;
    this.role = role;
    this.work = work;
    this.vitals = vitals;
    this.clock = clock;
  }

  void start() {
    look = clock.schedule(LOOK, this::closeStalled);
    thread.start();
  }

  /** Takes no more connections; those that are there go on. */
  void stopAccepting() throws IOException {
    closing.countDown();
    socket.close();
  }

  /** Ends every connection, and waits up to a second for each thread. */
  @Override
  public void close() throws IOException {
    stopAccepting();
    look.cancel();
    peers.forEach(DataPeer::close);
    try {
      thread.join(JOIN_MS);
      for (DataPeer peer : peers) {
        peer.join(JOIN_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Called by a peer that has ended. */
  void left(DataPeer peer) {
    peers.remove(peer);
  }

  private void accept() {
    while (closing.getCount() > 0) {
      try {
        SocketChannel channel = socket.server().accept();
        if (!makeRoom()) {
          channel.close();
          continue;
        }
        DataPeer peer = new DataPeer(this, channel, role, work, vitals, clock);
        peers.add(peer);
        peer.start();
        if (closing.getCount() == 0) {
          peer.close();
        }
      } catch (ClosedChannelException ended) {
        return;
      } catch (IOException e) {
        LOG.log(Level.WARNING, "no connection can be taken: " + e.getMessage());
        pause();
      }
    }
  }

  /** Without files left, trying again at once would only burn the processor. */
  private void pause() {
    try {
      if (closing.await(ERROR_PAUSE_MS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False where every connection is being served. */
  private boolean makeRoom() {
    if (peers.size() < MOST_PEERS) {
      return true;
    }
    Optional<DataPeer> quietest =
        peers.stream().filter(DataPeer::isIdle).min(Comparator.comparingLong(DataPeer::quietSince));
    quietest.ifPresent(
        peer -> {
          peer.close();
          peers.remove(peer);
        });
    return quietest.isPresent();
  }

  private void closeStalled() {
    long before = clock.nanos() - STALL.toNanos();
    peers.stream().filter(peer -> peer.isStalledSince(before)).forEach(DataPeer::close);
    if (closing.getCount() > 0) {
      look = clock.schedule(LOOK, this::closeStalled);
    }
  }
}
