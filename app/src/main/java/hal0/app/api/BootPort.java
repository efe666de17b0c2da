package hal0.app.api;

import java.util.concurrent.CompletableFuture;

/**
 * Which slots systemd starts at boot. Futures fail with a {@link hal0.systemd.SystemdException}.
 */
public interface BootPort {
  /** Links a slot's unit into the default target. Idempotent. */
  CompletableFuture<Void> enable(String name);

  /** Takes the link away. Idempotent. */
  CompletableFuture<Void> disable(String name);
}
