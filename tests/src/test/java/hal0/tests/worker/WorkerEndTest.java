package hal0.tests.worker;

import static hal0.tests.worker.TrialWorker.LONG;
import static hal0.tests.worker.TrialWorker.chat;
import static hal0.tests.worker.TrialWorker.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.worker.Crash;
import hal0.slots.worker.ExitWord;
import hal0.slots.worker.Frame;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Pong;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerException;
import hal0.slots.worker.WorkerProcess.Patience;
import hal0.tests.bed.Await;
import hal0.tests.bed.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that end, are ended, crash, hang, or never become what they should. */
class WorkerEndTest {
  private static final int FOR_EVER_MS = 3_600_000;
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir Path directory;

  @Test
  void aShutdownInTheMiddleOfAStreamEndsIt() throws Exception {
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{}")) {
      worker.await(Pong.State.READY);
      ObjectNode body = chat("word ".repeat(10_000), "delta_ms", 20);
      body.put("stream", true);
      try (WorkerCall call = worker.channel().begin(Role.CHAT, body, Limits.of(LONG))) {
        assertThat(call.next()).isNotNull();
        worker.channel().shutdown(LONG);
        assertThatThrownBy(call::result)
            .isInstanceOfSatisfying(
                WorkerException.Answered.class, e -> assertThat(e.type()).isEqualTo("ending"));
      }
      awaitEnd(worker.process().pid());
      assertThat(worker.sockets().data()).doesNotExist();
      assertThat(worker.sockets().health()).doesNotExist();
    }
  }

  @Test
  void sigtermIsAnOrderlyEndToo() throws Exception {
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{}")) {
      worker.await(Pong.State.READY);
      kill("-TERM", worker);
      Crash crash = worker.process().crash().get(60, java.util.concurrent.TimeUnit.SECONDS);
      assertThat(crash.end()).isEqualTo(new ExitWord(0));
      assertThat(worker.sockets().data()).doesNotExist();
    }
  }

  @Test
  void aStoppedProcessIsPatientlyAskedAndThenKilled() throws Exception {
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{}")) {
      worker.await(Pong.State.READY);
      kill("-STOP", worker);
      assertThatThrownBy(() -> worker.channel().ping(SHORT))
          .isInstanceOf(WorkerException.TimedOut.class);
      assertThatThrownBy(() -> worker.channel().call(Role.CHAT, chat("late"), SHORT))
          .isInstanceOf(WorkerException.TimedOut.class);
      kill("-CONT", worker);
      assertThat(worker.channel().ping(LONG).state()).isEqualTo(Pong.State.READY);
      assertThat(said(worker.channel().call(Role.CHAT, chat("next"), LONG))).isEqualTo("next");
      kill("-STOP", worker);
      assertThat(worker.process().stop(new Patience(SHORT, SHORT, LONG)))
          .hasValueSatisfying(end -> assertThat(end.signal()).isEqualTo("SIGKILL"));
      assertThat(worker.process().crash()).isNotDone();
    }
  }

  @Test
  void aCrashIsOneErrorForEverybodyWhomItConcerns() throws Exception {
    AtomicInteger told = new AtomicInteger();
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{\"noise\":6000}");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      worker.process().onCrash(crash -> told.incrementAndGet());
      worker.await(Pong.State.READY);
      List<Future<?>> callers = new ArrayList<>();
      for (int caller = 0; caller < 10; caller++) {
        WorkerCall call =
            worker.channel().begin(Role.CHAT, chat("x", "delay_ms", FOR_EVER_MS), Limits.of(LONG));
        callers.add(threads.submit(call::result));
      }
      Await.until("a request at work", LONG, () -> worker.process().logTail().length() > 1000);
      kill("-KILL", worker);
      Crash crash = worker.process().crash().get(60, java.util.concurrent.TimeUnit.SECONDS);
      for (Future<?> caller : callers) {
        assertThatThrownBy(caller::get)
            .cause()
            .isInstanceOfSatisfying(
                WorkerException.Crashed.class, e -> assertThat(e.crash()).isSameAs(crash));
      }
      assertThat(crash.end().signal()).isEqualTo("SIGKILL");
      assertThat(crash.log().length()).isBetween(1000, 4096);
      assertThat(crash.message()).contains("the chat worker").contains("was ended by SIGKILL");
      assertThatThrownBy(() -> worker.channel().ping(LONG))
          .isInstanceOf(WorkerException.Crashed.class);
      Await.until("the listener", LONG, () -> told.get() == 1);
    }
  }

  @Test
  void anExitCodeIsToldAndAMissingLogToo() throws Exception {
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{}")) {
      worker.await(Pong.State.READY);
      assertThatThrownBy(() -> worker.channel().call(Role.CHAT, chat("x", "exit", 3), LONG))
          .isInstanceOfSatisfying(
              WorkerException.Crashed.class,
              e -> assertThat(e.crash().end()).isEqualTo(new ExitWord(3)))
          .hasMessageContaining("ended with exit code 3; it logged nothing");
    }
  }

  @Test
  void aSocketThatNobodyListensOnIsReplacedAndALiveOneIsNot() throws Exception {
    try (TrialWorker first = TrialWorker.startIn(directory, Role.CHAT, "{}")) {
      first.await(Pong.State.READY);
      try (TrialWorker second = TrialWorker.startIn(directory, Role.CHAT, "{}")) {
        Crash crash = second.process().crash().get(60, java.util.concurrent.TimeUnit.SECONDS);
        assertThat(crash.end()).isEqualTo(new ExitWord(1));
        assertThat(crash.log()).contains("another worker listens there").hasLineCount(1);
        assertThat(said(first.channel().call(Role.CHAT, chat("well"), LONG))).isEqualTo("well");
        kill("-KILL", first);
        awaitEnd(first.process().pid());
      }
    }
    Files.createDirectories(directory);
    try (TrialWorker killed = TrialWorker.startIn(directory, Role.CHAT, "{}")) {
      killed.await(Pong.State.READY);
      kill("-KILL", killed);
      awaitEnd(killed.process().pid());
      assertThat(killed.sockets().data()).exists();
      try (TrialWorker third = TrialWorker.startIn(directory, Role.CHAT, "{}")) {
        third.await(Pong.State.READY);
        assertThat(said(third.channel().call(Role.CHAT, chat("well"), LONG))).isEqualTo("well");
      }
    }
    Files.createDirectories(directory);
  }

  @Test
  void aWorkerThatCannotLoadLivesAndSaysWhy() throws Exception {
    try (TrialWorker worker =
        TrialWorker.start(Role.CHAT, "{\"fail_load\":\"the disk is gone\"}")) {
      Pong pong = worker.await(Pong.State.FAILED);
      assertThat(pong.error()).isEqualTo("the disk is gone");
      for (int call = 0; call < 3; call++) {
        assertThatThrownBy(() -> worker.channel().call(Role.CHAT, chat("x"), LONG))
            .isInstanceOfSatisfying(
                WorkerException.Answered.class,
                e -> {
                  assertThat(e.type()).isEqualTo("load_failed");
                  assertThat(e.trace()).contains("DemoSession.load");
                })
            .hasMessageContaining("the disk is gone");
      }
      assertThat(worker.process().stop(Patience.usual())).hasValue(new ExitWord(0));
    }
  }

  @Test
  void requestsWaitForALoadWhosePingsTellOfIt() throws Exception {
    Path go = directory.resolve("go");
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{\"load_until\":\"" + go + "\"}");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(worker.await(Pong.State.LOADING).modelLoaded()).isFalse();
      WorkerCall call = worker.channel().begin(Role.CHAT, chat("well"), Limits.of(LONG));
      Future<ObjectNode> waiting = threads.submit(call::result);
      while (worker.channel().ping(LONG).inFlight() == 0) {
        continue;
      }
      assertThat(worker.channel().ping(LONG).state()).isEqualTo(Pong.State.LOADING);
      Files.createFile(go);
      assertThat(said(waiting.get())).isEqualTo("well");
      assertThat(worker.channel().ping(LONG).loaded()).hasValue(1);
    }
  }

  @Test
  void aParentThatIsGoneTakesItsWorkerAlong() throws Exception {
    try (TrialWorker child = TrialWorker.start(Role.CHAT, "{}", "--parent");
        TrialWorker other = TrialWorker.start(Role.CHAT, "{}")) {
      for (TrialWorker worker : List.of(child, other)) {
        // The process's own channel stays out of it: its connection would be a parent's, too.
        Await.until("its socket", LONG, () -> Files.exists(worker.sockets().health()));
        try (RawClient parent = connected(worker.sockets().health())) {
          assertThat(parent.send(Frame.of(Frame.PING, 1)).receive().id()).hasValue(1);
        }
      }
      Crash end = child.process().crash().get(60, java.util.concurrent.TimeUnit.SECONDS);
      assertThat(end.end()).isEqualTo(new ExitWord(0));
      assertThat(other.channel().ping(LONG).role()).isEqualTo("chat");
    }
  }

  @Test
  void wrongUsageIsOneLineAndExitCode2() {
    Map<String, String> environment = new HashMap<>(TrialWorker.environment());
    environment.put("RUNTIME_DIRECTORY", directory.toString());
    assertUsage(environment, TrialWorker.command(Role.CHAT, "[]"), "--options is a JSON object");
    assertUsage(environment, TrialWorker.command(Role.CHAT, "{x"), "--options is no JSON");
    assertUsage(
        environment,
        TrialWorker.command(Role.EMBED, "{\"dimensions\":0}"),
        "option dimensions is a whole number from 1 to 65536, not 0");
    List<String> noEngine = new ArrayList<>(TrialWorker.command(Role.CHAT, "{}"));
    noEngine.set(noEngine.indexOf("demo"), "nope");
    assertUsage(environment, noEngine, "no engine is called nope, but demo");
    environment.put("RUNTIME_DIRECTORY", "");
    assertUsage(environment, TrialWorker.command(Role.CHAT, "{}"), "RUNTIME_DIRECTORY must name");
  }

  private static void assertUsage(
      Map<String, String> environment, List<String> command, String part) {
    Ran ran = Ran.of(environment, LONG, command);
    assertThat(ran.exit()).as(ran.toString()).isEqualTo(2);
    assertThat(ran.err()).contains(part).hasLineCount(1);
  }

  private static RawClient connected(Path socket) {
    return Await.value(
        "a connection",
        LONG,
        () -> {
          try {
            return new RawClient(socket);
          } catch (java.io.IOException notYet) {
            return null;
          }
        },
        client -> client != null);
  }

  private static void awaitEnd(long pid) {
    Await.until(
        "the end of the process",
        LONG,
        () -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
  }

  private static void kill(String signal, TrialWorker worker) {
    Ran.of(Map.of(), LONG, List.of("kill", signal, Long.toString(worker.process().pid())))
        .orThrow();
  }
}
