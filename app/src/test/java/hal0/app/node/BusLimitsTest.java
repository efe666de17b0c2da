package hal0.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.app.api.FakeSlots;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.WorkerChannels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a bus may take of the daemon's memory and of its end. */
class BusLimitsTest {
  private final Clockwork clock = new SystemClockwork();
  private final FakeSlots slots = new FakeSlots();
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private ChatStandIn upstream;
  private ReadinessBoard board;

  @BeforeEach
  void open() throws Exception {
    upstream = new ChatStandIn();
    slots.with("chat", upstream.port());
    slots.move("chat", SlotState.READY, Reason.LOADED, "", "qwen3-4b");
    board =
        new ReadinessBoard(
            new ReadinessBoard.Node("box", "boot"),
            slots,
            slots::isConnected,
            new Requirements(List.of(), name -> true),
            BusState.OFF,
            clock);
  }

  @AfterEach
  void close() {
    upstream.held.countDown();
    board.stop();
    upstream.close();
  }

  private RequestDesk desk() {
    RequestSource source =
        new RequestSource() {
          @Override
          public void follow(Listener listener) {
            throw new UnsupportedOperationException("requests are handed in by the test");
          }

          @Override
          public void hangUp() {}

          @Override
          public void answer(byte[] answer) throws IOException {
            answers.add(new ObjectMapper().readTree(answer));
          }
        };
    Inference inference =
        new Inference(Map.of(), new WorkerChannels(name -> Path.of("/nonexistent", name), clock));
    return new RequestDesk(board, slots, new LocalChooser(slots), inference, source, false, clock);
  }

  private static byte[] request(String id, int length) {
    String text =
        "{\"request_id\":\""
            + id
            + "\",\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + "x".repeat(length)
            + "\"}]}";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private JsonNode answer() throws InterruptedException {
    JsonNode answer = answers.poll(60, TimeUnit.SECONDS);
    assertThat(answer).as("an answer").isNotNull();
    return answer;
  }

  /** What is held is bounded in bytes; who is too much is answered all the same. */
  @Test
  void requestsAreHeldUpToSoManyBytes() throws Exception {
    upstream.held = new CountDownLatch(1);
    RequestDesk desk = desk();
    int length = 3 << 20;
    long fit = RequestDesk.MOST_HELD / (length + 200);
    for (int i = 0; i < fit; i++) {
      desk.arrived(request("held" + i, length));
    }
    desk.arrived(request("more", length));

    JsonNode refused = answer();
    assertThat(refused.path("request_id").asText()).isEqualTo("more");
    assertThat(refused.path("error").asText()).isEqualTo("backend_unavailable");
    assertThat(refused.path("reason").asText()).contains("MiB");
    assertThat(refused.path("content").asText()).isEmpty();

    upstream.held.countDown();
    for (int i = 0; i < fit; i++) {
      assertThat(answer().path("request_id").asText()).startsWith("held");
    }
    desk.end(Duration.ofSeconds(60));
    desk.arrived(request("after", length));
    assertThat(answer().path("error").asText()).isNotEqualTo("backend_unavailable");
  }

  private HeartbeatPublisher publisher(HeartbeatSink sink) {
    BusLink link = new BusLink("here", clock, state -> {});
    HeartbeatPublisher publisher = new HeartbeatPublisher(board, sink, link, () -> {}, clock);
    publisher.start();
    return publisher;
  }

  /** A router that hangs does not hold up the daemon's end, and that is known. */
  @Test
  void theLastHeartbeatIsAwaitedForATime() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    HeartbeatPublisher stuck =
        publisher(
            heartbeat -> {
              asked.countDown();
              try {
                hangs.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    List<byte[]> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    HeartbeatPublisher fine = publisher(heard::add);
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    board.stop();
    assertThat(fine.awaitLast(Duration.ofSeconds(60))).isTrue();
    assertThat(new String(heard.getLast(), StandardCharsets.UTF_8)).contains("stopping");
    assertThat(stuck.awaitLast(Duration.ofMillis(50))).isFalse();
    hangs.countDown();
  }
}
