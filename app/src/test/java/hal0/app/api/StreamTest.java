package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.slots.event.EventFeed;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of events over real HTTP. */
class StreamTest {
  private final FakeSlots slots = new FakeSlots().with("chat", 8101).with("asr", 8102);
  private ApiBed bed;

  private ApiBed bed() throws IOException {
    bed = new ApiBed(slots);
    return bed;
  }

  @AfterEach
  void stop() {
    if (bed != null) {
      bed.close();
    }
  }

  @Test
  void firstASnapshotThenEveryTransition() throws Exception {
    try (SseClient stream = SseClient.open(bed(), "/api/slots/stream")) {
      SseClient.Event snapshot = stream.next();
      bed.post("/api/slots/chat/load", "{}");

      assertThat(snapshot.type()).isEqualTo("snapshot");
      assertThat(snapshot.id()).isEqualTo("boot-0");
      assertThat(snapshot.json())
          .extracting(slot -> slot.get("name").asText())
          .containsExactly("asr", "chat");
      for (String state : List.of("starting", "warming", "ready")) {
        assertThat(stream.next().json().get("to").asText()).isEqualTo(state);
      }
    }
  }

  @Test
  void aTransitionHasEveryField() throws Exception {
    try (SseClient stream = SseClient.open(bed(), "/api/slots/stream")) {
      stream.next();
      slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "it died", "");

      SseClient.Event event = stream.next();

      assertThat(event.type()).isEqualTo("transition");
      assertThat(event.id()).isEqualTo("boot-1");
      JsonNode wanted =
          ApiBed.MAPPER.readTree(
              """
              {"seq":1,"at":"2025-06-15T15:06:40.125Z","slot":"chat","from":"offline","to":"error",
               "reason":"unit_died","message":"it died","model_id":null}
              """);
      assertThat(event.json()).isEqualTo(wanted);
    }
  }

  @Test
  void theStreamOfOneSlotTellsOfNoOther() throws Exception {
    try (SseClient stream = SseClient.open(bed(), "/api/slots/chat/state/stream")) {
      assertThat(stream.next().json())
          .extracting(slot -> slot.get("name").asText())
          .containsExactly("chat");

      slots.move("asr", SlotState.ERROR, Reason.UNIT_DIED, "not yours", "");
      slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "yours", "");

      assertThat(stream.next().json().get("message").asText()).isEqualTo("yours");
      slots.remove("chat");
      assertThat(stream.isAtEnd()).isTrue();
    }
    assertThat(bed.get("/api/slots/nobody/state/stream").code()).isEqualTo("slot.not_found");
  }

  @Test
  void aReaderThatComesBackMissesNothing() throws Exception {
    slots.move("chat", SlotState.STARTING, Reason.REQUESTED, "one", "");
    slots.move("chat", SlotState.WARMING, Reason.REQUESTED, "two", "");
    slots.move("chat", SlotState.READY, Reason.LOADED, "three", "m");

    try (SseClient stream = SseClient.open(bed(), "/api/slots/stream", "Last-Event-ID: boot-1")) {
      assertThat(stream.next().json().get("message").asText()).isEqualTo("two");
      assertThat(stream.next().json().get("message").asText()).isEqualTo("three");
      slots.move("chat", SlotState.IDLE, Reason.QUIET, "four", "m");
      assertThat(stream.next().id()).isEqualTo("boot-4");
    }
  }

  @Test
  void anIdThatCannotBeResumedBringsASnapshot() throws Exception {
    bed();
    for (int i = 0; i < 150; i++) {
      slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "event " + i, "");
    }
    for (String id :
        List.of(
            "boot-1",
            "boot-151",
            "other-150",
            "boot-",
            "boot--3",
            "boot-99999999999999999999",
            "")) {
      try (SseClient stream = SseClient.open(bed, "/api/slots/stream", "Last-Event-ID: " + id)) {
        SseClient.Event first = stream.next();
        assertThat(first.type()).as(id).isEqualTo("snapshot");
        assertThat(first.id()).isEqualTo("boot-150");
      }
    }
  }

  @Test
  void aSlotThatComesOrGoesBringsANewSnapshot() throws Exception {
    try (SseClient stream = SseClient.open(bed(), "/api/slots/stream")) {
      assertThat(stream.next().json()).hasSize(2);
      slots.with("new", 8103);
      assertThat(stream.next().json()).hasSize(3);
      slots.remove("asr");
      assertThat(stream.next().json()).hasSize(2);
    }
  }

  @Test
  void aQuietStreamIsKeptAlive() throws Exception {
    Limits quick =
        new Limits(
            1000, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(200), 10, 100);
    bed = new ApiBed(slots, quick, false, List.of());
    try (SseClient stream = SseClient.open(bed, "/api/slots/stream")) {
      stream.next();
      assertThat(stream.nextComment()).isEqualTo("still here");
      assertThat(stream.nextComment()).isEqualTo("still here");
    }
  }

  @Test
  void aSlowReaderIsToldAndCutOff() throws Exception {
    FakeSlots chatty = new FakeSlots(new EventFeed("boot", 100, 20)).with("chat", 8101);
    bed = new ApiBed(chatty);
    try (SseClient slow = SseClient.open(bed, "/api/slots/stream")) {
      slow.next();
      String long64k = "x".repeat(64 << 10);
      for (int i = 0; i < 600; i++) {
        chatty.move("chat", SlotState.ERROR, Reason.UNIT_DIED, long64k, "");
      }
      // Everybody else goes on.
      try (SseClient quick = SseClient.open(bed, "/api/slots/stream")) {
        assertThat(quick.next().type()).isEqualTo("snapshot");
      }
      String last = "";
      while (!slow.isAtEnd()) {
        last = slow.next().type();
      }
      assertThat(last).isEqualTo("resync");
    }
  }

  @Test
  void aReaderThatNeverReadsIsCutOff() throws Exception {
    Limits quick =
        new Limits(
            1000, Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMillis(100), 10, 100);
    FakeSlots chatty = new FakeSlots(new EventFeed("boot", 1000, 1000)).with("chat", 8101);
    bed = new ApiBed(chatty, quick, false, List.of());
    try (Socket socket = bed.socket()) {
      String request = "GET /api/slots/stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      ApiBed.until("open", () -> bed.server.openStreams() == 1);
      String long64k = "x".repeat(64 << 10);
      for (int i = 0; i < 600; i++) {
        chatty.move("chat", SlotState.ERROR, Reason.UNIT_DIED, long64k, "");
      }
      ApiBed.until("cut off", () -> bed.server.openStreams() == 0);
    }
  }

  @Test
  void streamsAreCounted() throws Exception {
    Limits few =
        new Limits(
            1000, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(100), 1, 100);
    bed = new ApiBed(slots, few, false, List.of());
    try (SseClient stream = SseClient.open(bed, "/api/slots/stream")) {
      stream.next();
      ApiBed.Answer second = bed.get("/api/slots/stream");
      assertThat(second.status()).isEqualTo(503);
      assertThat(second.code()).isEqualTo("request.too_many_streams");
    }
    ApiBed.until("closed", () -> bed.server.openStreams() == 0);
  }

  @Test
  void theEndOfTheServerEndsStreamsInOrder() throws Exception {
    try (SseClient stream = SseClient.open(bed(), "/api/slots/stream")) {
      stream.next();
      Thread end = Thread.ofVirtual().start(bed.server::close);
      assertThat(stream.isAtEnd()).isTrue();
      end.join();
    }
  }

  @Test
  void onlyTheHeadersWhereOnlyTheyAreWanted() throws Exception {
    ApiBed.Answer answer = bed().ask("HEAD", "/api/slots/stream", null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
  }
}
