package hal0.systemd.dbus;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets many ask for a reload at one time: what is asked while one runs is answered by a single one
 * after it, since the one under way may have read the files already.
 */
final class ReloadGate {
  private final Supplier<CompletableFuture<Void>> reload;
  private boolean running;
  private CompletableFuture<Void> next;

  ReloadGate(Supplier<CompletableFuture<Void>> reload) {
    this.reload = reload;
  }

  /** Ends with a reload that began after this call. */
  CompletableFuture<Void> pass() {
    CompletableFuture<Void> mine;
    synchronized (this) {
      if (running) {
        next = next == null ? new CompletableFuture<>() : next;
        return next;
      }
      running = true;
      mine = new CompletableFuture<>();
    }
    begin(mine);
    return mine;
  }

  private void begin(CompletableFuture<Void> asked) {
    reload
        .get()
        .whenComplete(
            (done, thrown) -> {
              CompletableFuture<Void> following;
              synchronized (this) {
                following = next;
                next = null;
                running = following != null;
              }
              if (following != null) {
                begin(following);
              }
              if (thrown == null) {
                asked.complete(null);
              } else {
                asked.completeExceptionally(BusErrors.unwrapped(thrown));
              }
            });
  }
}
