package hal0.systemd.dbus;

import hal0.systemd.SystemdException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps a connection to the bus for ever: opens one, notices when it is lost or falls silent, and
 * opens the next. One virtual thread does it.
 */
final class BusKeeper implements AutoCloseable {
  private static final Logger LOG = System.getLogger(BusKeeper.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /**
   * How long it is patient.
   *
   * @param open with a bus that is being connected to
   * @param pings between two pings
   * @param pong with the answer to one
   * @param reload with it while systemd reloads: it answers nothing then, which may last where
   *     there are many units
   */
  record Limits(Duration open, Duration pings, Duration pong, Duration reload) {
    static final Limits USUAL =
        new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60));
  }

  private final String address;
  private final Voice voice;
  private final Executor tasks;
  private final Limits limits;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile BusSession session;
  private volatile String absence = "not connected yet";

  BusKeeper(String address, Voice voice, Executor tasks, Limits limits) {
    this.address = address;
    this.voice = voice;
    this.tasks = tasks;
    this.limits = limits;
  }

  /** Begins. Once only. */
  void start() {
    Thread.ofVirtual().name("hal0-bus-keeper").start(this::keep);
  }

  /** The connection, if there is one. */
  Optional<BusSession> session() {
    return Optional.ofNullable(session);
  }

  /** Why there is none. */
  SystemdException absence() {
    return new SystemdException.BusDown(
        "systemd cannot be reached at " + address + ": " + absence, null);
  }

  /** Ends the connection; no other follows. */
  @Override
  public void close() {
    closed.countDown();
    BusSession last = session;
    if (last != null) {
      last.lose("closed");
    }
  }

  private void keep() {
    Duration pause = FIRST_PAUSE;
    try {
      while (!isClosed()) {
        BusSession opened = open();
        if (opened != null && serve(opened)) {
          pause = FIRST_PAUSE;
        }
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /**
   * Opens a connection, or notes why that failed. A bus that takes the connection and says nothing
   * costs a limit.
   */
  private BusSession open() throws InterruptedException {
    CompletableFuture<BusSession> opening = new CompletableFuture<>();
    Thread opener = Thread.ofVirtual().name("hal0-bus-opener").start(() -> openInto(opening));
    try {
      return opening.get(limits.open().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException silent) {
      if (!opening.completeExceptionally(silent)) {
        return opening.getNow(null);
      }
      opener.interrupt();
      note("no answer within " + limits.open().toMillis() + " ms");
    } catch (ExecutionException failed) {
      note(BusErrors.reason(failed));
    }
    return null;
  }

  private void openInto(CompletableFuture<BusSession> opening) {
    try {
      BusSession opened = BusSession.open(address, voice, tasks);
      if (!opening.complete(opened)) {
        opened.lose("too late");
      }
    } catch (Exception | LinkageError failed) {
      opening.completeExceptionally(failed);
    }
  }

  private void note(String why) {
    if (!why.equals(absence)) {
      LOG.log(Level.INFO, "systemd cannot be reached at " + address + ": " + why);
    }
    absence = why;
  }

  /**
   * Serves with a connection until it is lost.
   *
   * @return whether it was good for some time, so that the next may be tried at once
   */
  private boolean serve(BusSession opened) throws InterruptedException {
    session = opened;
    if (isClosed()) {
      opened.lose("closed");
    }
    voice.connected();
    boolean good = untilLost(opened);
    String why = opened.lost().getNow("lost");
    session = null;
    absence = why;
    if (!isClosed()) {
      LOG.log(Level.WARNING, "lost the connection to systemd: " + why + "; trying again");
      voice.disconnected(why);
    }
    return good;
  }

  private boolean untilLost(BusSession opened) throws InterruptedException {
    boolean good = false;
    while (true) {
      try {
        opened.lost().get(limits.pings().toMillis(), TimeUnit.MILLISECONDS);
        return good;
      } catch (TimeoutException stillThere) {
        good |= answered(opened);
      } catch (ExecutionException never) {
        return good;
      }
    }
  }

  private boolean answered(BusSession opened) throws InterruptedException {
    Duration patience = opened.isReloading() ? limits.reload() : limits.pong();
    if (opened.answers(patience)) {
      return true;
    }
    opened.lose("systemd has not answered for " + patience.toMillis() + " ms");
    return false;
  }
}
