package hal0.slots.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parent's side, against workers that answer as they should and as they shouldn't. */
class WorkerChannelTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final ScriptedWorker.Script WELL =
      (peer, frame) -> {
        if (frame.is(Frame.PING)) {
          peer.send(pong().frame(frame.id().getAsLong()));
        } else {
          peer.send(Frame.of(Frame.ACK, frame.id().getAsLong()));
        }
      };

  private final Clockwork clock = new SystemClockwork();
  @TempDir Path directory;

  @Test
  void twentyCallersAtOnceEachGetTheirOwnAnswer() throws Exception {
    try (ScriptedWorker worker = new ScriptedWorker(directory, WorkerChannelTest::echo, WELL);
        WorkerChannel channel = channel();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> callers = new ArrayList<>();
      for (int caller = 0; caller < 20; caller++) {
        String name = "caller " + caller;
        callers.add(
            threads.submit(
                () -> {
                  for (int call = 0; call < 50; call++) {
                    String text = name + " call " + call;
                    assertThat(said(channel.call(Role.CHAT, body(text), LONG))).isEqualTo(text);
                  }
                  return true;
                }));
      }
      for (Future<Boolean> caller : callers) {
        assertThat(caller.get()).isTrue();
      }
      assertThat(worker.dataConnections()).isEqualTo(1);
    }
  }

  @Test
  void whoAskedFirstIsServedFirst() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    ScriptedWorker.Script script =
        (peer, frame) -> {
          order.add(said(frame.json()));
          echo(peer, frame);
        };
    try (ScriptedWorker worker = new ScriptedWorker(directory, script, WELL);
        WorkerChannel channel = channel();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<WorkerCall> calls = new ArrayList<>();
      for (int call = 0; call < 30; call++) {
        calls.add(channel.begin(Role.CHAT, body("" + call), Limits.of(LONG)));
      }
      List<String> asked = new ArrayList<>();
      List<Future<ObjectNode>> results = new ArrayList<>();
      // One of them has gone before its turn came.
      calls.get(7).cancel();
      for (int call = calls.size() - 1; call >= 0; call--) {
        WorkerCall one = calls.get(call);
        results.add(threads.submit(one::result));
        if (call != 7) {
          asked.addFirst("" + call);
        }
      }
      for (int call = 0; call < results.size(); call++) {
        Future<ObjectNode> result = results.get(calls.size() - 1 - call);
        if (call == 7) {
          assertThatThrownBy(result::get).hasCauseInstanceOf(WorkerException.Cancelled.class);
        } else {
          assertThat(said(result.get())).isEqualTo("" + call);
        }
      }
      assertThat(order).isEqualTo(asked);
      assertThat(worker.dataConnections()).isEqualTo(1);
    }
  }

  @Test
  void aLateAnswerIsNeverTheNextCalls() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    ScriptedWorker.Script script =
        (peer, frame) -> {
          if (said(frame.json()).equals("slow")) {
            late.await();
          }
          echo(peer, frame);
        };
    try (ScriptedWorker worker = new ScriptedWorker(directory, script, WELL);
        WorkerChannel channel = channel()) {
      assertThat(said(channel.call(Role.CHAT, body("first"), LONG))).isEqualTo("first");
      // The silence counts from when it is asked, however busy the machine is before.
      try (WorkerCall slow = channel.begin(Role.CHAT, body("slow"), new Limits(LONG, SHORT))) {
        assertThatThrownBy(slow::result).isInstanceOf(WorkerException.TimedOut.class);
      }
      late.countDown();
      for (int call = 0; call < 20; call++) {
        assertThat(said(channel.call(Role.CHAT, body("next " + call), LONG)))
            .isEqualTo("next " + call);
      }
      assertThat(worker.dataConnections()).isEqualTo(2);
    }
  }

  @Test
  void whoeverWaitsCanBeInterruptedOrCancelledAndCostsTheOthersNothing() throws Exception {
    Semaphore reached = new Semaphore(0);
    ScriptedWorker.Script script =
        (peer, frame) -> {
          if (said(frame.json()).equals("never")) {
            reached.release();
            return;
          }
          echo(peer, frame);
        };
    try (ScriptedWorker worker = new ScriptedWorker(directory, script, WELL);
        WorkerChannel channel = channel()) {
      CompletableFuture<Throwable> interrupted = new CompletableFuture<>();
      Thread first = caller(channel, "never", interrupted);
      CompletableFuture<Throwable> interruptedInTheQueue = new CompletableFuture<>();
      Thread second = caller(channel, "queue", interruptedInTheQueue);
      second.interrupt();
      assertThat(interruptedInTheQueue.get(60, TimeUnit.SECONDS))
          .isInstanceOf(WorkerException.Cancelled.class);
      WorkerCall call = channel.begin(Role.CHAT, body("never"), Limits.of(LONG));
      WorkerCall after = channel.begin(Role.CHAT, body("after"), Limits.of(LONG));
      assertThat(reached.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      first.interrupt();
      assertThat(interrupted.get(60, TimeUnit.SECONDS))
          .isInstanceOf(WorkerException.Cancelled.class);
      CompletableFuture<Throwable> cancelled = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> complete(cancelled, call));
      assertThat(reached.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      call.cancel();
      assertThat(cancelled.get(60, TimeUnit.SECONDS)).isInstanceOf(WorkerException.Cancelled.class);
      assertThat(said(after.result())).isEqualTo("after");
      assertThat(worker.dataConnections()).isEqualTo(3);
    }
  }

  @Test
  void aRequestThatCannotBeSentIsAnErrorOfItsOwnCallAlone() throws Exception {
    try (ScriptedWorker worker = new ScriptedWorker(directory, WorkerChannelTest::echo, WELL);
        WorkerChannel channel = channel()) {
      assertThat(said(channel.call(Role.CHAT, body("a"), LONG))).isEqualTo("a");
      ObjectNode large = body("x".repeat(33 << 20));
      assertThatThrownBy(() -> channel.call(Role.CHAT, large, LONG))
          .isInstanceOf(WorkerException.Unsendable.class)
          .hasMessageContaining("33554432");
      ObjectNode strange = body("x").putPOJO("y", new Object());
      assertThatThrownBy(() -> channel.call(Role.CHAT, strange, LONG))
          .isInstanceOf(WorkerException.Unsendable.class);
      assertThat(said(channel.call(Role.CHAT, body("b"), LONG))).isEqualTo("b");
      assertThat(worker.dataConnections()).isEqualTo(1);
    }
  }

  @Test
  void whatAWorkerMayNotAnswerCostsThatCallOnly() throws Exception {
    ScriptedWorker.Script script = WorkerChannelTest::misbehave;
    try (ScriptedWorker worker = new ScriptedWorker(directory, script, WELL);
        WorkerChannel channel = channel()) {
      assertFails(channel, "another id", WorkerException.Broken.class);
      assertFails(channel, "no id", WorkerException.Broken.class);
      assertFails(channel, "a ping", WorkerException.Broken.class);
      assertFails(channel, "garbage", WorkerException.Broken.class);
      assertFails(channel, "33 MiB", WorkerException.Broken.class);
      assertFails(channel, "half", WorkerException.Lost.class);
      assertFails(channel, "close", WorkerException.Lost.class);
      assertThatThrownBy(() -> channel.call(Role.CHAT, body("error"), LONG))
          .isInstanceOfSatisfying(
              WorkerException.Answered.class,
              e -> {
                assertThat(e.type()).isEqualTo("engine_failed");
                assertThat(e).hasMessage("no luck");
                assertThat(e.trace()).isEqualTo("at x");
              });
      assertThat(said(channel.call(Role.CHAT, body("well"), LONG))).isEqualTo("well");
      assertThat(worker.dataConnections()).isEqualTo(8);
    }
  }

  @Test
  void aStreamIsReadPartByPartWhilePingsGoBeside() throws Exception {
    CountDownLatch pinged = new CountDownLatch(1);
    ScriptedWorker.Script script =
        (peer, frame) -> {
          long id = frame.id().getAsLong();
          peer.send(Frame.of(Frame.STREAM_CHUNK, id, delta("one")));
          pinged.await();
          peer.send(Frame.of(Frame.STREAM_CHUNK, id, delta("two")));
          peer.send(Frame.of(Frame.STREAM_END, id, body("")));
        };
    try (ScriptedWorker worker = new ScriptedWorker(directory, script, WELL);
        WorkerChannel channel = channel();
        WorkerCall call = channel.begin(Role.CHAT, body("go"), Limits.of(LONG))) {
      assertThat(call.next().path("delta").asText()).isEqualTo("one");
      assertThat(channel.ping(LONG)).isEqualTo(pong());
      assertThat(channel.ping(LONG)).isEqualTo(pong());
      channel.shutdown(LONG);
      pinged.countDown();
      assertThat(call.next().path("delta").asText()).isEqualTo("two");
      assertThat(call.next()).isNull();
      assertThat(call.next()).isNull();
      assertThat(call.end().path("kind").asText()).isEqualTo(Frame.STREAM_END);
      assertThat(worker.healthConnections()).isEqualTo(1);
    }
  }

  @Test
  void aSilentStreamTimesOutLongBeforeItsWholeTimeIsOver() throws Exception {
    ScriptedWorker.Script script =
        (peer, frame) ->
            peer.send(Frame.of(Frame.STREAM_CHUNK, frame.id().getAsLong(), delta("one")));
    try (ScriptedWorker worker = new ScriptedWorker(directory, script, WELL);
        WorkerChannel channel = channel();
        WorkerCall call =
            channel.begin(Role.CHAT, body("go"), new Limits(Duration.ofDays(1), SHORT))) {
      assertThatThrownBy(call::result)
          .isInstanceOf(WorkerException.TimedOut.class)
          .hasMessageContaining("no word");
      assertThat(worker.healthConnections()).isZero();
    }
  }

  @Test
  void aLatePongIsPassedOver() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    ScriptedWorker.Script script =
        (peer, frame) -> {
          if (!first.getAndSet(false)) {
            late.await();
          }
          peer.send(pong().frame(frame.id().getAsLong()));
        };
    try (ScriptedWorker worker = new ScriptedWorker(directory, WorkerChannelTest::echo, script);
        WorkerChannel channel = channel()) {
      // The connection is there before it is measured.
      assertThat(channel.ping(LONG)).isEqualTo(pong());
      assertThatThrownBy(() -> channel.ping(SHORT)).isInstanceOf(WorkerException.TimedOut.class);
      late.countDown();
      assertThat(channel.ping(LONG)).isEqualTo(pong());
      assertThat(worker.healthConnections()).isEqualTo(1);
    }
  }

  @Test
  void aChannelOutlivesItsWorker() throws Exception {
    try (WorkerChannel channel = channel()) {
      assertFails(channel, "nobody", WorkerException.Lost.class);
      assertThatThrownBy(() -> channel.ping(LONG)).isInstanceOf(WorkerException.Lost.class);
      for (int incarnation = 0; incarnation < 20; incarnation++) {
        try (ScriptedWorker worker = new ScriptedWorker(directory, WorkerChannelTest::echo, WELL)) {
          assertThat(said(channel.call(Role.CHAT, body("hello"), LONG))).isEqualTo("hello");
          assertThat(worker.dataConnections()).isEqualTo(1);
        }
      }
      assertFails(channel, "nobody", WorkerException.Lost.class);
    }
  }

  @Test
  void closingEndsWhoeverWaits() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(directory, (peer, frame) -> {}, (peer, frame) -> {});
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      WorkerChannel channel = channel();
      List<Future<?>> waiting = new ArrayList<>();
      for (int call = 0; call < 10; call++) {
        WorkerCall one = channel.begin(Role.CHAT, body("x"), Limits.of(LONG));
        waiting.add(threads.submit(one::result));
      }
      channel.close();
      for (Future<?> one : waiting) {
        assertThatThrownBy(one::get).hasCauseInstanceOf(WorkerException.Closed.class);
      }
      assertFails(channel, "later", WorkerException.Closed.class);
      assertThatThrownBy(() -> channel.ping(LONG)).isInstanceOf(WorkerException.Closed.class);
      assertThat(worker.dataConnections()).isLessThan(2);
    }
  }

  @Test
  void noMoreMayWaitThanThat() throws Exception {
    try (WorkerChannel channel = channel()) {
      for (int call = 0; call <= WorkerChannel.MOST_WAITING; call++) {
        channel.begin(Role.CHAT, body("x"), Limits.of(LONG));
      }
      assertFails(channel, "one more", WorkerException.Saturated.class);
    }
  }

  private WorkerChannel channel() {
    return new WorkerChannel(new WorkerSockets(directory), clock);
  }

  private static void assertFails(
      WorkerChannel channel, String text, Class<? extends WorkerException> type) {
    assertThatThrownBy(() -> channel.call(Role.CHAT, body(text), LONG)).as(text).isInstanceOf(type);
  }

  /** Begins on this thread, so that its place is known, and waits on another. */
  private static Thread caller(
      WorkerChannel channel, String text, CompletableFuture<Throwable> failure)
      throws WorkerException {
    WorkerCall call = channel.begin(Role.CHAT, body(text), Limits.of(LONG));
    return Thread.ofVirtual().start(() -> complete(failure, call));
  }

  private static void complete(CompletableFuture<Throwable> failure, WorkerCall call) {
    try {
      failure.complete(new AssertionError("answered " + call.result()));
    } catch (WorkerException e) {
      failure.complete(e);
    }
  }

  private static void echo(ScriptedWorker.Peer peer, Frame frame) throws Exception {
    peer.send(Frame.of(Frame.RESULT, frame.id().getAsLong(), body(said(frame.json()))));
  }

  private static void misbehave(ScriptedWorker.Peer peer, Frame frame) throws Exception {
    long id = frame.id().getAsLong();
    switch (said(frame.json())) {
      case "another id" -> peer.send(Frame.of(Frame.RESULT, id + 1));
      case "no id" -> peer.send(Frame.of(Frame.RESULT));
      case "a ping" -> peer.send(Frame.of(Frame.PING, id));
      case "garbage" -> peer.sendBytes("\0\0\0\7garbage".getBytes(StandardCharsets.US_ASCII));
      case "33 MiB" -> peer.sendBytes(new byte[] {2, 16, 0, 0});
      case "half" -> {
        peer.sendBytes("\0\0\0\7gar".getBytes(StandardCharsets.US_ASCII));
        peer.close();
      }
      case "close" -> peer.close();
      case "error" ->
          peer.send(Frame.of(Frame.ERROR, id, Frame.error("engine_failed", "no luck", "at x")));
      default -> echo(peer, frame);
    }
  }

  private static ObjectNode body(String text) {
    return JsonNodeFactory.instance.objectNode().put("text", text);
  }

  private static ObjectNode delta(String text) {
    return JsonNodeFactory.instance.objectNode().put("delta", text);
  }

  private static String said(ObjectNode json) {
    return json.path("text").asText();
  }

  private static Pong pong() {
    return new Pong(
        Pong.State.LOADING, "chat", "m", false, 3, "layer 3", OptionalDouble.of(0.5), "", 12);
  }
}
