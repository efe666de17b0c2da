package hal0.tests.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** One systemd and one daemon for a class of tests; each test has slots of its own. */
@RealSystemd
abstract class E2e {
  private static final Executor CLIENTS = task -> Thread.ofVirtual().start(task);

  static PrivateSystemd systemd;
  static Hal0 hal0;

  @BeforeAll
  static void up() {
    systemd = PrivateSystemd.start();
    hal0 = Hal0.start(systemd);
  }

  @AfterAll
  static void down() {
    if (hal0 != null) {
      hal0.close();
    }
    if (systemd != null) {
      systemd.close();
    }
  }

  /** The stream of all slots, its snapshot read. */
  static Events stream() {
    Events events = hal0.events("/api/slots/stream");
    events.await("the snapshot", event -> event.type().equals("snapshot"));
    return events;
  }

  /** Sends a verb from a client of its own. */
  static CompletableFuture<Answer> inBackground(String slot, String verb, String body) {
    return CompletableFuture.supplyAsync(
        () -> hal0.post("/api/slots/" + slot + "/" + verb, body), CLIENTS);
  }

  static String state(JsonNode slot) {
    return slot.path("state").asText();
  }

  static String reason(JsonNode slot) {
    return slot.path("reason").asText();
  }

  static int mainPid(JsonNode slot) {
    return slot.at("/unit/main_pid").asInt();
  }

  static String invocation(JsonNode slot) {
    return slot.at("/unit/invocation_id").asText();
  }

  static void kill(int pid) {
    if (pid <= 1) {
      throw new AssertionError("no process: " + pid);
    }
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }
}
