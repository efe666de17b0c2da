package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.Events;
import hal0.tests.bed.Events.Event;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Slots that nobody uses become idle and are unloaded; who uses them counts, whoever it is. */
final class QuietTest extends E2e {
  private static Instant at(List<Event> transitions, String edge) {
    Event found =
        transitions.stream()
            .filter(event -> event.edge().startsWith(edge + "/"))
            .toList()
            .getLast();
    return Instant.parse(found.data().path("at").asText());
  }

  /** Lesson 34: the clock starts at the last byte of the last request, and probes do not count. */
  @Test
  void theClockOfQuietStartsAtTheLastByte() throws IOException {
    SlotText slot =
        SlotText.llama()
            .with("--do", "tokens 30", "--do", "token-ms 100")
            .set("idle", "after", "\"1s\"")
            .set("idle", "unload_after", "\"8s\"");
    hal0.addSlot("dozes", slot);
    try (Events events = stream()) {
      hal0.verb("dozes", "load");
      try (ChatStream stream = new ChatStream(hal0, "dozes")) {
        // Longer than it takes to be idle.
        stream.until("[DONE]");
      }
      String path = events.awaitPath("dozes", "idle>unloading>offline");
      assertThat(path).contains("serving>ready>idle>unloading>offline");
      List<Event> all = events.transitions("dozes");
      Duration untilIdle = Duration.between(at(all, "serving>ready"), at(all, "ready>idle"));
      assertThat(untilIdle).isGreaterThanOrEqualTo(Duration.ofMillis(900));
      Duration quiet = Duration.between(at(all, "serving>ready"), at(all, "idle>unloading"));
      assertThat(quiet).isGreaterThanOrEqualTo(Duration.ofMillis(7900));
    }
    assertThat(reason(hal0.awaitState("dozes", "offline"))).isEqualTo("quiet");
  }

  /** Somebody may talk to a server without asking us: that is use too. */
  @Test
  void aConnectionThatIsNotOursIsUse() throws IOException {
    SlotText used = quick();
    SlotText unused = quick();
    hal0.addSlot("used", used);
    hal0.addSlot("unused", unused);
    hal0.verb("used", "load");
    try (Socket foreign = new Socket(InetAddress.getLoopbackAddress(), used.port())) {
      foreign.getOutputStream().write('G');
      hal0.verb("unused", "load");
      hal0.awaitState("unused", "offline");
      assertThat(hal0.slot("used").path("routable").asBoolean()).isTrue();
    }
    assertThat(reason(hal0.awaitState("used", "offline"))).isEqualTo("quiet");
  }

  private static SlotText quick() {
    return SlotText.llama().set("idle", "after", "\"3s\"").set("idle", "unload_after", "\"3s\"");
  }
}
