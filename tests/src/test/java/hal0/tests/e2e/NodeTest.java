package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Events;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import org.junit.jupiter.api.Test;

/** What the node says of itself while slots come, fail and go. */
final class NodeTest extends E2e {
  private static final String STREAM = "/api/readiness/stream";

  /** The next heartbeat with that word and that in its reason. */
  private static JsonNode heartbeat(Events events, String readiness, String reason) {
    return events
        .await(
            readiness + " (" + reason + ")",
            event ->
                event.type().equals("heartbeat")
                    && event.data().path("readiness").asText().equals(readiness)
                    && event.data().path("reason").asText().contains(reason))
        .data();
  }

  @Test
  void theNodeSaysWhatItsSlotsCanDo() {
    try (Events events = hal0.events(STREAM)) {
      assertThat(heartbeat(events, "ready", "").at("/slots").isEmpty()).isTrue();
      hal0.addSlot("chat", SlotText.llama());
      heartbeat(events, "unavailable", "chat (offline)");
      hal0.addSlot("wakes", SlotText.llama().set("admission", "wake", "true"));
      heartbeat(events, "degraded", "not available: chat (offline)");
      hal0.verb("chat", "load");
      JsonNode ready = hal0.get("/api/readiness").with(200);
      assertThat(ready.path("readiness").asText()).isEqualTo("ready");
      assertThat(ready.path("reason").asText()).isEmpty();
      assertThat(ready.at("/slots/chat/routable").asBoolean()).isTrue();
      assertThat(ready.at("/bus/enabled").asBoolean()).isFalse();
      assertThat(ready.path("backend_initialized").asBoolean()).isTrue();

      hal0.writeSlot("broken", "port = 1\n");
      heartbeat(events, "degraded", "broken (offline, its file cannot be used)");
      Ran shown = hal0.cli("status");
      assertThat(shown.exit()).isZero();
      assertThat(shown.out())
          .containsPattern("readiness +degraded: not available: broken")
          .containsPattern("slots +2 offline, 1 ready")
          .containsPattern("bus +off")
          .containsPattern("daemon +up [0-9]+[smh] at ");
      hal0.removeSlotFile("broken");
      long seq = heartbeat(events, "ready", "").path("seq").asLong();
      assertThat(seq).isPositive();

      systemd.killBus();
      JsonNode lost = heartbeat(events, "unavailable", "backend init failed: ");
      assertThat(lost.path("backend_initialized").asBoolean()).isFalse();
      systemd.startBus();
      hal0.await("chat", "routable again", slot -> slot.path("routable").asBoolean());
      String boot = ready.path("boot_id").asText();
      assertThat(hal0.get("/api/readiness").with(200).path("boot_id").asText()).isEqualTo(boot);

      hal0.term();
      heartbeat(events, "unavailable", "stopping");
      hal0.startDaemon();
      try (Events again = hal0.events(STREAM)) {
        assertThat(heartbeat(again, "ready", "").path("boot_id").asText()).isNotEqualTo(boot);
      }
    }
  }

  @Test
  void theCommandSaysWhereItLooked() {
    String nowhere = "http://127.0.0.1:" + Ports.free();
    Ran lost = hal0.cli("status", "--url", nowhere);
    assertThat(lost.exit()).isEqualTo(3);
    assertThat(lost.err()).contains(nowhere);
    Ran json = hal0.cli("status", "--json");
    assertThat(json.out()).startsWith("{\"service\":\"hal0\"");
  }
}
