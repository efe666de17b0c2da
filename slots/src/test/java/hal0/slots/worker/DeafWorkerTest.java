package hal0.slots.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hal0.slots.time.SystemClockwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pings to a worker that does not answer, for a while. */
class DeafWorkerTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path directory;

  @Test
  void aDeafWorkerIsNotSentPingsWithoutEnd() throws Exception {
    CountDownLatch deaf = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    ScriptedWorker.Script script =
        (peer, frame) -> {
          if (!first.getAndSet(false)) {
            deaf.await();
          }
          peer.send(pong().frame(frame.id().getAsLong()));
        };
    try (ScriptedWorker worker = new ScriptedWorker(directory, (peer, frame) -> {}, script);
        WorkerChannel channel =
            new WorkerChannel(new WorkerSockets(directory), new SystemClockwork())) {
      assertThat(channel.ping(LONG)).isEqualTo(pong());
      // More than fits into a socket.
      for (int ping = 0; ping < 600; ping++) {
        assertThatThrownBy(() -> channel.ping(Duration.ofMillis(1)))
            .isInstanceOf(WorkerException.TimedOut.class);
      }
      deaf.countDown();
      Pong late = null;
      while (late == null) {
        late = pingOrNull(channel);
      }
      assertThat(late).isEqualTo(pong());
      assertThat(worker.healthConnections()).isEqualTo(1);
    }
  }

  private static Pong pingOrNull(WorkerChannel channel) throws WorkerException {
    try {
      return channel.ping(SHORT);
    } catch (WorkerException.TimedOut whileItCatchesUp) {
      return null;
    }
  }

  private static Pong pong() {
    return new Pong(Pong.State.READY, "chat", "m", true, 0, "", OptionalDouble.of(1), "", 0);
  }
}
