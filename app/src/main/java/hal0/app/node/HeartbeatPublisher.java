package hal0.app.node;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Publishes the node's snapshot at once, on every change, and every five seconds; survives whatever
 * its sink does. The last one tells that the daemon ends.
 */
final class HeartbeatPublisher {
  private static final System.Logger LOG = System.getLogger(HeartbeatPublisher.class.getName());

  private final ReadinessBoard board;
  private final HeartbeatSink sink;
  private final BusLink link;
  private final Runnable recovered;
  private final Clockwork clock;
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();

  /**
   * @param recovered called when the way back may have died with this one
   */
  HeartbeatPublisher(
      ReadinessBoard board, HeartbeatSink sink, BusLink link, Runnable recovered, Clockwork clock) {
    this.board = board;
    this.sink = sink;
    this.link = link;
    this.recovered = recovered;
    this.clock = clock;
  }

  void start() {
    clock.execute(
        () -> {
          boolean taken = false;
          try {
            taken = run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            done.complete(taken);
          }
        });
  }

  /** Returns whether the last one was taken. */
  private boolean run() throws InterruptedException {
    int failures = 0;
    Snapshot now = board.look();
    while (true) {
      failures = publish(now) ? 0 : failures + 1;
      if (now.last()) {
        return failures == 0;
      }
      if (failures > 0) {
        board.rest(Backoff.after(failures, clock));
        now = board.look();
      } else {
        board.rest(NodeRoutes.GAP);
        now = board.await(now.seq(), NodeRoutes.BEAT.minus(NodeRoutes.GAP));
      }
    }
  }

  private boolean publish(Snapshot snapshot) {
    try {
      sink.publish(snapshot.json());
      if (link.sent()) {
        recovered.run();
      }
      return true;
    } catch (IOException e) {
      link.notSent(e.getMessage(), e instanceof HeartbeatSink.Refused);
    } catch (RuntimeException e) {
      link.notSent("an error in hal0 itself: " + e, true);
    }
    return false;
  }

  /**
   * Waits for the last heartbeat's way out, which the board's end has begun. Where the other side
   * does not take it in time, that is logged: whoever listens takes the node for alive until the
   * one before has had its time.
   *
   * @return whether it was taken
   */
  boolean awaitLast(Duration patience) {
    boolean taken =
        done.completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS).join();
    if (!taken) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the last heartbeat, which says that this node ends, was not taken within {0} ms",
          patience.toMillis());
    }
    return taken;
  }
}
