package hal0.slots.spec;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells of changes of slot files: soon where the kernel tells of them, and within a second and a
 * bit anyway, since the directory is looked at each second. It may be missing, go away and come
 * back. Safe for use by many threads.
 */
public final class SpecWatcher implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SpecWatcher.class.getName());
  private static final Duration LOOK = Duration.ofMillis(800);

  /** What comes in a burst, or is half written, is told once. */
  private static final Duration SETTLE = Duration.ofMillis(100);

  private final Path directory;
  private final List<Path> others;
  private final Clockwork clock;
  private final Runnable changed;
  private final DirectoryWatch watch;

  /** Held while {@code changed} is called. */
  private final Object telling = new Object();

  private Map<String, Object> seen = Map.of();
  private boolean hinted;
  private boolean closed;

  /**
   * @param directory the slot files' directory
   * @param others further files, which are looked at each second
   * @param changed called after a change, on a thread of its own, never twice at once; it may
   *     block. What it throws is logged and dropped.
   */
  public SpecWatcher(Path directory, List<Path> others, Clockwork clock, Runnable changed) {
    this.directory = directory;
    this.others = List.copyOf(others);
    this.clock = clock;
    this.changed = changed;
    this.watch = new DirectoryWatch(directory, clock, this::hint);
  }

  /** Begins. What is read after this call is told of when it changes. */
  public void start() {
    synchronized (this) {
      seen = stamps();
    }
    look();
  }

  private void look() {
    try {
      watch.follow();
      Map<String, Object> now = stamps();
      synchronized (this) {
        if (!now.equals(seen)) {
          hint();
        }
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "cannot look at " + directory, e);
    }
    synchronized (this) {
      if (!closed) {
        clock.schedule(LOOK, this::look);
      }
    }
  }

  private synchronized void hint() {
    if (!hinted && !closed) {
      hinted = true;
      clock.schedule(SETTLE, this::tell);
    }
  }

  private void tell() {
    synchronized (telling) {
      Map<String, Object> now = stamps();
      synchronized (this) {
        hinted = false;
        seen = now;
        if (closed) {
          return;
        }
      }
      try {
        changed.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a change of " + directory + " was not followed", e);
      }
    }
  }

  /** What the files look like from outside. */
  private Map<String, Object> stamps() {
    Map<String, Object> stamps = new HashMap<>();
    others.forEach(file -> stamps.put("/" + file, stamp(file)));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (SpecFile.stem(file).isPresent()) {
          stamps.put(String.valueOf(file.getFileName()), stamp(file));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      stamps.put("/", "cannot be listed");
    }
    return stamps;
  }

  /** The change time is the kernel's own: no editor and no copy sets it back. */
  private static Object stamp(Path file) {
    try {
      return Files.readAttributes(file, "unix:ino,size,ctime,lastModifiedTime");
    } catch (IOException e) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? "unreadable" : "missing";
    }
  }

  /** Ends; a call that is under way ends by itself. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    watch.close();
  }
}
