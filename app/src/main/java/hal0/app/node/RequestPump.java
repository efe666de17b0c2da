package hal0.app.node;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Follows a source of requests for as long as the daemon lives, whatever becomes of it. */
final class RequestPump {
  private final ReadinessBoard board;
  private final RequestSource source;
  private final RequestDesk desk;
  private final BusLink link;
  private final Clockwork clock;
  private final AtomicBoolean renewing = new AtomicBoolean();
  private volatile int failures;

  RequestPump(
      ReadinessBoard board, RequestSource source, RequestDesk desk, BusLink link, Clockwork clock) {
    this.board = board;
    this.source = source;
    this.desk = desk;
    this.link = link;
    this.clock = clock;
  }

  void start() {
    clock.execute(
        () -> {
          try {
            run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void run() throws InterruptedException {
    while (!board.look().last()) {
      try {
        source.follow(new Heard());
      } catch (IOException e) {
        if (renewing.compareAndSet(true, false)) {
          continue;
        }
        link.notHeard(e.getMessage());
      } catch (RuntimeException e) {
        link.notHeard("an error in hal0 itself: " + e);
      }
      failures++;
      board.rest(Backoff.after(failures, clock));
    }
  }

  /** Opens the stream anew: it may be dead without knowing. */
  void renew() {
    renewing.set(true);
    source.hangUp();
  }

  private final class Heard implements RequestSource.Listener {
    @Override
    public void opened() {
      failures = 0;
      link.heard();
    }

    @Override
    public void arrived(byte[] request) {
      desk.arrived(request);
    }
  }
}
