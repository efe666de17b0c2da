package hal0.slots.pull;

import hal0.slots.pull.Progress.Phase;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches one file: goes on where it was broken off, tries again while that may help, checks what
 * has come, and puts it in its place. Blocks; for one thread.
 */
final class FilePull {
  /** So often it may be begun anew because what came did not fit what was there. */
  private static final int MOST_RESTARTS = 3;

  private final Want.File want;
  private final Tools tools;
  private final Halt halt;
  private final Listener heard;
  private final Hash hash = new Hash();
  private int restarts;

  /**
   * What it works with.
   *
   * @param boot another for each time that the machine was started
   */
  record Tools(Sources sources, Clockwork clock, Pace pace, String boot) {}

  /** Hears how far it is. Must return at once. */
  interface Listener {
    /** So much is here, of so much. */
    void heard(Phase phase, long bytes, OptionalLong total, String note);
  }

  /** It did not go well, and may go better the next time. */
  static final class Again extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient OptionalLong pauseSeconds;

    Again(String message) {
      this(message, OptionalLong.empty());
    }

    /** With what the server says about when to come back. */
    Again(String message, OptionalLong pauseSeconds) {
      super(message);
      this.pauseSeconds = pauseSeconds;
    }
  }

  FilePull(Want.File want, Tools tools, Halt halt, Listener heard) {
    this.want = want;
    this.tools = tools;
    this.halt = halt;
    this.heard = heard;
  }

  /**
   * Fetches it.
   *
   * @throws PullException if it cannot be had
   * @throws CancellationException if it was halted; what has come stays
   */
  void run() throws PullException {
    long most = 0;
    int dry = 0;
    while (true) {
      halt.check();
      Attempt attempt = new Attempt(want, tools, halt, heard, hash);
      try {
        if (Files.exists(want.path())) {
          return;
        }
        attempt.run();
        return;
      } catch (Again again) {
        dry = attempt.reached() > most ? 0 : dry + 1;
        most = Math.max(most, attempt.reached());
        restarts += attempt.wasInVain() ? 1 : 0;
        giveUpOrWait(again, attempt, dry);
      } catch (IOException e) {
        throw new PullException(Attempt.local(want, e), details(attempt, dry));
      }
    }
  }

  private void giveUpOrWait(Again again, Attempt attempt, int dry) throws PullException {
    if (dry > tools.pace().retries() || restarts > MOST_RESTARTS) {
      String tries = dry > 1 ? "; tried " + dry + " times without anything new" : "";
      throw new PullException(again.getMessage() + tries, details(attempt, dry));
    }
    heard.heard(Phase.WAITING, attempt.size(), attempt.total(), again.getMessage());
    var pause = tools.pace().before(Math.max(0, dry - 1), tools.clock().random().nextDouble());
    long seconds = Math.min(again.pauseSeconds.orElse(0), tools.pace().longestPause().toSeconds());
    if (seconds > pause.toSeconds()) {
      pause = java.time.Duration.ofSeconds(seconds);
    }
    CompletableFuture<Void> over = new CompletableFuture<>();
    Clockwork.Timer timer = tools.clock().schedule(pause, () -> over.complete(null));
    try (Halt.Watch watch = halt.watch(() -> over.complete(null))) {
      over.join();
    } finally {
      timer.cancel();
    }
    halt.check();
  }

  private static Map<String, Object> details(Attempt attempt, int dry) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("bytes", attempt.size());
    attempt.total().ifPresent(total -> details.put("total", total));
    if (attempt.status() > 0) {
      details.put("http_status", attempt.status());
    }
    details.put("tries", Math.max(1, dry));
    return details;
  }
}
