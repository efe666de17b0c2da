package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.worker.demo.DemoEngine;
import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.Frame;
import hal0.slots.worker.Pong;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerSockets;
import hal0.tests.worker.InProcess;
import hal0.tests.worker.RawClient;
import hal0.tests.worker.TrialWorker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of any kind to both of a worker's sockets: each answer is a frame of a kind that may be
 * one, the connection ends, and the next one is served as if nothing had been.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class WorkerFuzzTest {
  private static final Set<String> DATA_ANSWERS =
      Set.of(Frame.RESULT, Frame.ERROR, Frame.STREAM_CHUNK, Frame.STREAM_END);

  private final Clockwork clock = new SystemClockwork();
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
  void dataSocket() throws Exception {
    WorkerSockets sockets = new WorkerSockets(directory);
    try (InProcess worker = start()) {
      Fuzz.run("workerdata", 1500, input -> takeData(sockets, input));
    }
    assertThat(sockets.data()).doesNotExist();
  }

  @Test
  void requestBodies() throws Exception {
    WorkerSockets sockets = new WorkerSockets(directory);
    try (InProcess worker = start()) {
      Fuzz.run(
          "workerbody",
          1500,
          body -> {
            ByteBuffer frame = ByteBuffer.allocate(4 + body.length);
            takeData(sockets, frame.putInt(body.length).put(body).array());
          });
    }
  }

  @Test
  void healthSocket() throws Exception {
    WorkerSockets sockets = new WorkerSockets(directory);
    try (InProcess worker = start()) {
      Fuzz.run("workerhealth", 1500, input -> takeHealth(sockets, input));
    }
    assertThat(sockets.health()).doesNotExist();
  }

  private InProcess start() throws IOException {
    return InProcess.start(
        directory, Role.CHAT, new DemoEngine().open(InProcess.config(Role.CHAT)), false, clock);
  }

  private static void takeData(WorkerSockets sockets, byte[] input) throws IOException {
    try (RawClient client = new RawClient(sockets.data())) {
      sent(client, input);
      for (Frame one = client.receive(); one != null; one = client.receive()) {
        assertThat(DATA_ANSWERS).contains(one.kind());
      }
    }
    try (RawClient client = new RawClient(sockets.data())) {
      client.send(Frame.of("chat", 1, TrialWorker.chat("well")));
      assertThat(TrialWorker.said(client.receive().json())).isEqualTo("well");
    }
  }

  private static void takeHealth(WorkerSockets sockets, byte[] input) throws IOException {
    try (RawClient client = new RawClient(sockets.health())) {
      sent(client, input);
      for (Frame one = client.receive(); one != null; one = client.receive()) {
        assertThat(Pong.of(one)).isPresent();
      }
    }
    try (RawClient client = new RawClient(sockets.health())) {
      assertThat(client.send(Frame.of(Frame.PING, 7)).receive().id()).hasValue(7);
    }
  }

  private static void sent(RawClient client, byte[] input) {
    try {
      client.send(input).end();
    } catch (IOException refused) {
      // A worker need not read on once it has refused.
      assertThat(refused).hasMessageNotContaining("timed out");
    }
  }
}
