package hal0.slots.spec;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import java.util.Optional;

/**
 * The kernel's word of changes of slot files in a directory. A hint: it may come late, often, or
 * not at all.
 */
final class DirectoryWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DirectoryWatch.class.getName());

  private final Path directory;
  private final Clockwork clock;
  private final Runnable hint;
  private WatchService watch;
  private Object watched;
  private boolean closed;

  DirectoryWatch(Path directory, Clockwork clock, Runnable hint) {
    this.directory = directory;
    this.clock = clock;
    this.hint = hint;
  }

  /** Follows the directory that stands at the path now: another one may have taken its place. */
  void follow() {
    Object there = identity().orElse(null);
    WatchService old;
    synchronized (this) {
      if (closed || Objects.equals(there, watched)) {
        return;
      }
      old = watch;
      watch = null;
      watched = null;
    }
    close(old);
    if (there != null) {
      register(there);
    }
  }

  private void register(Object there) {
    WatchService fresh = null;
    try {
      fresh = directory.getFileSystem().newWatchService();
      directory.register(
          fresh,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      // The look each second goes on, and tries this again.
      close(fresh);
      return;
    }
    adopt(fresh, there);
  }

  private void adopt(WatchService fresh, Object there) {
    synchronized (this) {
      if (closed) {
        close(fresh);
        return;
      }
      watch = fresh;
      watched = there;
    }
    clock.execute(() -> listen(fresh));
  }

  private Optional<Object> identity() {
    try {
      return Optional.of(Files.readAttributes(directory, "unix:dev,ino"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void listen(WatchService service) {
    try {
      while (true) {
        WatchKey key = service.take();
        boolean ours = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          ours |= !(event.context() instanceof Path file) || SpecFile.stem(file).isPresent();
        }
        if (ours) {
          hint.run();
        }
        if (!key.reset()) {
          forget(service);
          return;
        }
      }
    } catch (ClosedWatchServiceException e) {
      // Closed, or another directory is followed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      forget(service);
    }
  }

  private void forget(WatchService service) {
    synchronized (this) {
      if (service.equals(watch)) {
        watch = null;
        watched = null;
      }
    }
    close(service);
  }

  private static void close(WatchService service) {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a watch did not close", e);
      }
    }
  }

  @Override
  public void close() {
    WatchService old;
    synchronized (this) {
      closed = true;
      old = watch;
      watch = null;
    }
    close(old);
  }
}
