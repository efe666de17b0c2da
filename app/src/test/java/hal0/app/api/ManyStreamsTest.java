package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.event.EventFeed;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hundreds of streams at once, some of whose readers never read: every other reader has it all. */
class ManyStreamsTest {
  private static final int READERS = 500;
  private static final int DEAF = 20;
  private static final int EVENTS = 60;

  /** More than fits between a daemon and a client that does not read. */
  private static final String LONG = "x".repeat(8 << 10);

  private final FakeSlots slots =
      new FakeSlots(new EventFeed("boot", 2 * EVENTS, 2 * EVENTS)).with("chat", 8101);
  private final CountDownLatch begun = new CountDownLatch(READERS);

  @Test
  void whoReadsHasEveryEventInOrder() throws Exception {
    List<Socket> deaf = new ArrayList<>();
    try (ApiBed bed = new ApiBed(slots)) {
      for (int one = 0; one < DEAF; one++) {
        deaf.add(deaf(bed));
      }
      List<CompletableFuture<List<String>>> readers = new ArrayList<>();
      for (int one = 0; one < READERS; one++) {
        CompletableFuture<List<String>> ids = new CompletableFuture<>();
        readers.add(ids);
        Thread.ofVirtual().start(() -> read(bed, ids));
      }
      assertThat(begun.await(4, TimeUnit.MINUTES)).as("all have their snapshot").isTrue();
      ApiBed.until("all are open", () -> bed.server.openStreams() == READERS + DEAF);
      List<String> told = new ArrayList<>();
      for (int event = 1; event <= EVENTS; event++) {
        slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, LONG, "");
        told.add("boot-" + event);
      }
      for (CompletableFuture<List<String>> ids : readers) {
        assertThat(ids.get(4, TimeUnit.MINUTES)).isEqualTo(told);
      }
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
    }
  }

  private void read(ApiBed bed, CompletableFuture<List<String>> ids) {
    List<String> seen = new ArrayList<>();
    try (SseClient stream = SseClient.open(bed, "/api/slots/stream")) {
      assertThat(stream.next().type()).isEqualTo("snapshot");
      begun.countDown();
      while (seen.size() < EVENTS) {
        seen.add(stream.next().id());
      }
      ids.complete(seen);
    } catch (IOException | AssertionError failure) {
      ids.completeExceptionally(failure);
    }
  }

  private static Socket deaf(ApiBed bed) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress("127.0.0.1", bed.port));
    String request = "GET /api/slots/stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
