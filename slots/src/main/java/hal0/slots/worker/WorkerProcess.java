package hal0.slots.worker;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A worker that this process started, and ends. What happens to it by itself is one {@link Crash}:
 * every call under way or waiting then fails with it, and whoever listens is told once. Safe for
 * use by many threads.
 */
public final class WorkerProcess implements AutoCloseable {
  /** How long the log's end may follow the process's. */
  private static final Duration LOG_DELAY = Duration.ofMillis(500);

  /** How long a lost connection waits for the news of the process's end. */
  private static final Duration NEWS_DELAY = Duration.ofSeconds(5);

  private static final Duration RETRY = Duration.ofMillis(20);
  private static final Duration PING = Duration.ofSeconds(1);

  private final WorkerLaunch launch;
  private final Clockwork clock;
  private final Child child;
  private final LogTail tail = new LogTail();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<ExitWord> ended = new CompletableFuture<>();
  private final CompletableFuture<Crash> crash = new CompletableFuture<>();
  private final WorkerChannel channel;
  private volatile boolean up;
  private volatile boolean ending;

  /**
   * How long each way of ending may take.
   *
   * @param shutdown from asking over the health socket
   * @param terminate from SIGTERM
   * @param kill from SIGKILL
   */
  public record Patience(Duration shutdown, Duration terminate, Duration kill) {
    /** 10 s, 5 s and 5 s. */
    public static Patience usual() {
      return new Patience(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5));
    }
  }

  private WorkerProcess(WorkerLaunch launch, Clockwork clock, Child child) {
    this.launch = launch;
    this.clock = clock;
    this.child = child;
    this.channel = new WorkerChannel(new WorkerSockets(launch.directory()), clock, this::explain);
  }

  /** Starts a process; comes back at once, before it listens. */
  public static WorkerProcess start(WorkerLaunch launch, Clockwork clock) throws IOException {
    return start(launch, clock, WorkerLaunch::process);
  }

  /** Starts it another way. */
  public static WorkerProcess start(
      WorkerLaunch launch, Clockwork clock, WorkerLaunch.Spawner spawner) throws IOException {
    WorkerProcess worker = new WorkerProcess(launch, clock, spawner.spawn(launch));
    clock.execute(
        () -> {
          worker.tail.drain(worker.child.log());
          worker.drained.complete(null);
        });
    worker.child.exit().thenAccept(number -> clock.execute(() -> worker.gone(number)));
    return worker;
  }

  /** Calls to it. */
  public WorkerChannel channel() {
    return channel;
  }

  /** The process's number. */
  public long pid() {
    return child.pid();
  }

  /** Done once it has crashed; never where it was ended by {@link #stop}. */
  public CompletableFuture<Crash> crash() {
    return crash.copy();
  }

  /** Tells a crash, once, on a thread of its own. */
  public void onCrash(Consumer<Crash> listener) {
    crash.thenAccept(one -> clock.execute(() -> listener.accept(one)));
  }

  /** What it wrote last, 4 KiB at most. */
  public String logTail() {
    return tail.text();
  }

  /**
   * Waits until it answers pings, whatever the answer is.
   *
   * @throws WorkerException.Crashed when it ends instead
   * @throws WorkerException.TimedOut when it does neither
   */
  public Pong awaitUp(Duration timeout) throws WorkerException {
    long end = clock.nanos() + timeout.toNanos();
    while (true) {
      try {
        Pong pong = channel.ping(PING);
        up = true;
        return pong;
      } catch (WorkerException.Lost | WorkerException.TimedOut notYet) {
        if (ended.isDone()) {
          throw notYet;
        }
        if (clock.nanos() - end >= 0) {
          throw new WorkerException.TimedOut(
              "no worker answers in "
                  + launch.directory()
                  + " within "
                  + timeout.toMillis()
                  + " ms");
        }
        // A process that is gone ends the wait at once.
        await(ended, RETRY);
      }
    }
  }

  /**
   * Ends it: asks over its health socket, then SIGTERM, then SIGKILL.
   *
   * @return how it ended; empty where not even SIGKILL had ended it in time
   */
  public Optional<ExitWord> stop(Patience patience) {
    ending = true;
    try {
      if (!ended.isDone()) {
        channel.shutdown(patience.shutdown());
        await(ended, patience.shutdown());
      }
    } catch (WorkerException deaf) {
      // The next way is harder.
      ending = true;
    }
    if (!ended.isDone()) {
      child.terminate();
      await(ended, patience.terminate());
    }
    if (!ended.isDone()) {
      child.kill();
      await(ended, patience.kill());
    }
    channel.close();
    return Optional.ofNullable(ended.getNow(null));
  }

  /** {@link #stop} with the usual patience. */
  @Override
  public void close() {
    stop(Patience.usual());
  }

  private void gone(int number) {
    // A process that the worker left behind may hold its log open for ever.
    await(drained, LOG_DELAY);
    if (!drained.isDone()) {
      closeLog();
    }
    ExitWord end = new ExitWord(number);
    if (!ending) {
      Crash what = new Crash(launch.role(), child.pid(), end, tail.text());
      crash.complete(what);
      channel.abort(() -> new WorkerException.Crashed(what));
    }
    ended.complete(end);
  }

  private void closeLog() {
    try {
      child.log().close();
    } catch (IOException e) {
      // Its reader ends by that as well.
      return;
    }
  }

  /** A lost connection mostly is the first that is heard of a crash. */
  private WorkerException explain(WorkerException.Lost lost, boolean connected) {
    if ((up || connected) && !ending) {
      await(ended, NEWS_DELAY);
    }
    Crash what = crash.getNow(null);
    return what == null ? lost : new WorkerException.Crashed(what);
  }

  private void await(CompletableFuture<?> event, Duration timeout) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    event.thenRun(() -> over.complete(null));
    Clockwork.Timer timer = clock.schedule(timeout, () -> over.complete(null));
    try {
      over.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      timer.cancel();
    }
  }
}
