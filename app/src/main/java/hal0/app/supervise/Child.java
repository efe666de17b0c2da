package hal0.app.supervise;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The server as a child of this process, in the same cgroup, with the same stdin, stdout and
 * stderr. Safe for use by many threads.
 */
final class Child {
  /** What is for us alone: a server that told systemd things would speak for the wrong process. */
  private static final List<String> OURS =
      List.of("NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID=");

  private static final Duration DEATH = Duration.ofSeconds(10);

  private int pid;
  private boolean asked;

  /**
   * How it ended.
   *
   * @param bySignal whether a signal ended it
   * @param status its exit code, or the signal's number
   */
  record End(boolean bySignal, int status) {
    /** Ends this process in the same way, without a core of its own. Does not return. */
    void follow() {
      if (bySignal) {
        Libc.leaveNoCore();
        Libc.restore(status);
        Libc.kill(Math.toIntExact(ProcessHandle.current().pid()), status);
        awaitDeath();
      }
      // Where the kernel keeps that signal from us, as from the first process of a container.
      Runtime.getRuntime().halt(bySignal ? 128 + status : status);
    }
  }

  /** The kernel may hand the signal to a thread that has yet to run. */
  private static void awaitDeath() {
    try {
      boolean never = new CountDownLatch(1).await(DEATH.toMillis(), TimeUnit.MILLISECONDS);
      assert !never;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Starts it.
   *
   * @return 0, or the C library's error
   */
  int start(List<byte[]> command, List<RawText> environment) throws IOException {
    List<byte[]> passed =
        environment.stream()
            .filter(one -> OURS.stream().noneMatch(one.text()::startsWith))
            .map(RawText::bytes)
            .toList();
    // As systemd starts every process; the JVM has put a handler in its place, which no child
    // keeps.
    Libc.ignore(Libc.SIGPIPE);
    List<Integer> open = openFiles();
    synchronized (this) {
      int spawned = Libc.spawn(command, passed, open);
      if (spawned < 0) {
        return -spawned;
      }
      pid = spawned;
      if (asked) {
        Libc.kill(pid, Libc.SIGTERM);
      }
      return 0;
    }
  }

  /** Asks it to end: once, since some servers take a second time for an order to break off. */
  synchronized void terminate() {
    if (!asked && pid > 0) {
      Libc.kill(pid, Libc.SIGTERM);
    }
    asked = true;
  }

  /** Waits for its end. It is never reaped: so its pid cannot become another process's. */
  End await() {
    int child;
    synchronized (this) {
      child = pid;
    }
    int[] end = Libc.await(child);
    return new End(end[0] != Libc.EXITED, end[1]);
  }

  private static List<Integer> openFiles() throws IOException {
    List<Integer> open = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path file : files) {
        int descriptor = Integer.parseInt(file.getFileName().toString());
        if (descriptor > 2) {
          open.add(descriptor);
        }
      }
    }
    return open;
  }
}
