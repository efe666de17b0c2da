package hal0.tests.worker;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import hal0.app.worker.Notices;
import hal0.app.worker.Worker;
import hal0.app.worker.WorkerSettings;
import hal0.app.worker.engine.Session;
import hal0.app.worker.engine.SessionConfig;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.Role;
import hal0.systemd.SdNotify;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** The worker's runtime in this very process. */
public final class InProcess implements AutoCloseable {
  private final Worker worker;
  private final Thread thread;

  private InProcess(Worker worker) {
    this.worker = worker;
    this.thread = Thread.ofPlatform().name("trial-worker").start(this::await);
  }

  /** Starts one that loads at once. */
  public static InProcess start(
      Path directory, Role role, Session session, boolean parent, Clockwork clock)
      throws IOException {
    WorkerSettings settings =
        new WorkerSettings(
            config(role),
            true,
            parent,
            "",
            directory,
            PosixFilePermissions.fromString("rw-------"),
            Optional.empty());
    return new InProcess(Worker.start(settings, session, Notices.of(SdNotify.of(Map.of())), clock));
  }

  /** For a session without options. */
  public static SessionConfig config(Role role) {
    return new SessionConfig(role, "m", Optional.empty(), JsonNodeFactory.instance.objectNode());
  }

  /** Waits until it has ended, whoever asked for that. */
  public void join() throws InterruptedException {
    thread.join();
  }

  /** Ends it and waits for that. */
  @Override
  public void close() {
    worker.end();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void await() {
    try {
      worker.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
