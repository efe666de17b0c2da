package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.app.node.BusState;
import hal0.app.node.NodeRoutes;
import hal0.app.node.ReadinessBoard;
import hal0.app.node.Requirements;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.SystemClockwork;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The node's readiness over HTTP. */
class NodeRoutesTest {
  private final FakeSlots slots = new FakeSlots().with("chat", 8101);
  private final ReadinessBoard board = board(slots);

  static ReadinessBoard board(FakeSlots slots) {
    return new ReadinessBoard(
        new ReadinessBoard.Node("box", "boot"),
        slots,
        slots::isConnected,
        new Requirements(List.of(), name -> true),
        BusState.OFF,
        new SystemClockwork());
  }

  private ApiBed bed() throws Exception {
    ApiBed bed = new ApiBed(slots, Limits.DEFAULT, false, new NodeRoutes(board).routes());
    bed.server.stopping().thenRun(board::stop);
    return bed;
  }

  @Test
  void theSnapshotHasEveryField() throws Exception {
    try (ApiBed bed = bed()) {
      slots.move("chat", SlotState.READY, Reason.LOADED, "", "qwen3-4b");
      ApiBed.Answer answer = bed.get("/api/readiness");
      JsonNode node = answer.json();

      assertThat(answer.status()).isEqualTo(200);
      JsonNode wanted =
          ApiBed.MAPPER.readTree(
              """
              {"service":"hal0","node":"box","boot_id":"boot","seq":2,"readiness":"ready","status":"ready",
               "reason":"","backend_initialized":true,"last_transition_ms":1,"timestamp_ms":1,"started_ms":1,
               "ttl_ms":15000,"bus":{"enabled":false,"connected":false,"detail":""},
               "slots":{"chat":{"state":"ready","routable":true,"reason":"loaded"}}}
              """);
      com.fasterxml.jackson.databind.node.ObjectNode known = node.deepCopy();
      for (String clock : List.of("last_transition_ms", "timestamp_ms", "started_ms")) {
        assertThat(node.get(clock).asLong()).isGreaterThan(1_700_000_000_000L);
        known.put(clock, 1);
      }
      assertThat(known).isEqualTo(wanted);
    }
  }

  @Test
  void heartbeatsComeAtOnceOnChangeAndByThemselves() throws Exception {
    try (ApiBed bed = bed();
        SseClient stream = SseClient.open(bed, "/api/readiness/stream")) {
      SseClient.Event first = stream.next();
      slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "", "");
      SseClient.Event changed = next(stream, "unavailable", "chat (error)");
      SseClient.Event beat = stream.next();

      assertThat(first.type()).isEqualTo("heartbeat");
      assertThat(changed.json().get("slots").get("chat").get("state").asText()).isEqualTo("error");
      assertThat(changed.json().get("seq").asLong())
          .isEqualTo(first.json().get("seq").asLong() + 1);
      assertThat(beat.json().get("seq")).isEqualTo(changed.json().get("seq"));
      assertThat(beat.json().get("timestamp_ms").asLong())
          .isGreaterThan(changed.json().get("timestamp_ms").asLong());
    }
  }

  /** The next heartbeat of that kind: by themselves they come between any two. */
  private static SseClient.Event next(SseClient stream, String readiness, String reason)
      throws Exception {
    while (true) {
      SseClient.Event event = stream.next();
      if (event.json().get("readiness").asText().equals(readiness)
          && event.json().get("reason").asText().contains(reason)) {
        return event;
      }
    }
  }

  @Test
  void theLastHeartbeatSaysThatTheDaemonStops() throws Exception {
    ApiBed bed = bed();
    try (bed;
        SseClient stream = SseClient.open(bed, "/api/readiness/stream")) {
      stream.next();
      Thread closing = Thread.startVirtualThread(bed::close);
      next(stream, "unavailable", "stopping");

      assertThat(stream.isAtEnd()).isTrue();
      closing.join();
    }
  }
}
