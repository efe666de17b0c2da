package hal0.tests.worker;

import static hal0.tests.worker.TrialWorker.LONG;
import static hal0.tests.worker.TrialWorker.chat;
import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.worker.engine.Answer;
import hal0.app.worker.engine.Progress;
import hal0.app.worker.engine.Reply;
import hal0.app.worker.engine.Request;
import hal0.app.worker.engine.Session;
import hal0.app.worker.engine.Usage;
import hal0.slots.worker.Crash;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerChannel;
import hal0.slots.worker.WorkerException;
import hal0.slots.worker.WorkerLaunch;
import hal0.slots.worker.WorkerProcess;
import hal0.slots.worker.WorkerSockets;
import hal0.tests.bed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that come and go many times, on both sides, leave nothing behind. */
class WorkerLeakTest {
  private static final long SEED = 20_261_122;
  private static final int LIVES = 60;
  private static final int CALLERS = 3;

  /** Some of the simulated ones are deaf: they are waited for as briefly as can be. */
  private static final WorkerProcess.Patience BRIEF =
      new WorkerProcess.Patience(Duration.ofMillis(5), Duration.ofMillis(1), LONG);

  private final CountingClock clock = new CountingClock();
  @TempDir Path directory;

  /** Kept, since a level that was set goes with its logger. */
  private final Logger log = Logger.getLogger("hal0.app.worker");

  @BeforeEach
  void quiet() {
    // What a worker says of each of these would be thousands of lines.
    log.setLevel(Level.OFF);
  }

  @AfterEach
  void asBefore() {
    log.setLevel(null);
  }

  @Test
  void crashesAndRespawnsLeaveNothing() throws Exception {
    cycles(500);
  }

  @Test
  @Tag("full")
  @Timeout(1200)
  void tenThousandCrashesAndRespawnsLeaveNothing() throws Exception {
    cycles(10_000);
  }

  @Test
  void aRuntimeThatEndedHasClosedItsSessionOnceAndLeavesNothing() throws Exception {
    long sockets = 0;
    AtomicInteger closed = new AtomicInteger();
    for (int life = 0; life < LIVES; life++) {
      // The JDK keeps a socket or two for itself from their first use on.
      sockets = life == 1 ? sockets() : sockets;
      boolean parent = life % 2 == 0;
      try (InProcess worker =
              InProcess.start(directory, Role.CHAT, new Counted(closed), parent, clock);
          WorkerChannel channel = channel()) {
        channel.ping(LONG);
        channel.call(Role.CHAT, chat("x"), LONG);
        if (life % 3 == 0) {
          channel.shutdown(LONG);
          worker.join();
        } else if (parent) {
          channel.close();
          worker.join();
        }
      }
      assertThat(closed).hasValue(life + 1);
      assertNothingIsLeft("life " + life);
    }
    long atFirst = sockets;
    Await.value(
        "no more sockets than " + atFirst, LONG, WorkerLeakTest::sockets, now -> now <= atFirst);
    Await.until("no thread", LONG, () -> threads().isEmpty());
  }

  private void cycles(int cycles) throws Exception {
    crashOnce();
    long sockets = sockets();
    int crashes = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int cycle = 0; cycle < cycles; cycle++) {
        long seed = SEED + cycle;
        AtomicInteger told = new AtomicInteger();
        WorkerProcess worker =
            WorkerProcess.start(launch(), clock, to -> SimWorker.start(to.directory(), seed));
        try (worker) {
          worker.onCrash(crash -> told.incrementAndGet());
          worker.awaitUp(LONG);
          if (seed % 10 == 0) {
            worker.stop(BRIEF);
          } else {
            crashOf(worker, threads, "seed " + seed);
            crashes++;
            Await.until("seed " + seed + ": one crash", LONG, () -> told.get() == 1);
          }
        }
      }
    }
    System.out.println("[workers] " + cycles + " lives, " + crashes + " crashes");
    Await.until("no task", LONG, () -> clock.tasks() == 0);
    Await.until("no timer", LONG, () -> clock.timers() == 0);
    Await.value("no more than " + sockets, LONG, WorkerLeakTest::sockets, now -> now <= sockets);
  }

  /** The JDK keeps a socket or two for itself from their first use on. */
  private void crashOnce() throws Exception {
    try (WorkerProcess worker =
            WorkerProcess.start(launch(), clock, to -> SimWorker.start(to.directory(), SEED));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      crashOf(worker, threads, "the first");
    }
  }

  /** Calls until it crashes; everybody who waits then hears of the same crash. */
  private static void crashOf(
      WorkerProcess worker, java.util.concurrent.ExecutorService threads, String seed)
      throws Exception {
    List<Crash> crashes = new ArrayList<>();
    for (int round = 0; crashes.isEmpty() && round < 10; round++) {
      List<Future<Crash>> callers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        WorkerCall call = worker.channel().begin(Role.CHAT, chat("x"), Limits.of(LONG));
        callers.add(threads.submit(() -> crash(call)));
      }
      for (Future<Crash> caller : callers) {
        Crash crash = caller.get();
        if (crash != null) {
          crashes.add(crash);
        }
      }
    }
    assertThat(crashes).as(seed).isNotEmpty();
    assertThat(crashes).as(seed).allSatisfy(one -> assertThat(one).isSameAs(crashes.getFirst()));
    assertThat(crashes.getFirst().log()).isEqualTo("something went wrong");
  }

  private static Crash crash(WorkerCall call) throws WorkerException {
    try {
      call.result();
      return null;
    } catch (WorkerException.Crashed crashed) {
      return crashed.crash();
    }
  }

  private WorkerLaunch launch() {
    return new WorkerLaunch(Role.CHAT, List.of(), directory, Map.of());
  }

  private WorkerChannel channel() {
    return new WorkerChannel(new WorkerSockets(directory), clock);
  }

  private void assertNothingIsLeft(String when) {
    assertThat(directory).as(when).isEmptyDirectory();
    Await.until(when + ": no task", LONG, () -> clock.tasks() == 0);
    Await.until(when + ": no timer", LONG, () -> clock.timers() == 0);
  }

  /** How many this process has open. */
  private static long sockets() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(WorkerLeakTest::isSocket).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException gone) {
      return false;
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("hal0-data") || name.startsWith("hal0-health"))
        .toList();
  }

  private record Counted(AtomicInteger closed) implements Session {
    @Override
    public void load(Progress progress) {
      progress.advanced(1, "nothing to load");
    }

    @Override
    public Answer handle(Request request, Reply reply) throws Exception {
      reply.delta("y");
      return new Answer.Said("stop", new Usage(1, 1));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
