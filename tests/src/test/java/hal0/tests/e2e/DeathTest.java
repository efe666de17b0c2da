package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Every way in which a unit ends during a load: the load ends at once and says how. */
final class DeathTest extends E2e {
  /** The end of systemd's patience with a load would be an hour away. */
  private static final String PATIENT = "\"1h\"";

  /**
   * @param own what the administrator adds to the unit
   * @param signal its name; empty where the process exited
   */
  private record Death(
      String name, SlotText slot, String own, String result, int status, String signal) {}

  @Test
  void everyDeathEndsTheLoadWithWhatSystemdSaysOfIt() throws IOException {
    String watched = "[Service]\nWatchdogSec=1s\nWatchdogSignal=SIGKILL\n";
    String late = "[Service]\nType=notify\nTimeoutStartSec=1s\n";
    List<Death> deaths =
        List.of(
            new Death("code", shell("exit 42"), "", "exit-code", 42, ""),
            new Death("clean", shell("exit 0"), "", "success", -1, ""),
            new Death("killed", shell("kill -KILL $$"), "", "signal", 9, "SIGKILL"),
            new Death("timed", shell("kill -VTALRM $$"), "", "signal", 26, "SIGVTALRM"),
            new Death("realtime", shell("kill -s 36 $$"), "", "signal", 36, "SIGRTMIN+2"),
            new Death("unfed", shell("sleep 1000"), watched, "watchdog", 9, "SIGKILL"),
            new Death("unready", shell("sleep 1000"), late, "timeout", 15, "SIGTERM"),
            new Death("warming", dying(), "", "exit-code", 1, ""));
    List<CompletableFuture<Answer>> loads = new ArrayList<>();
    for (Death death : deaths) {
      hal0.addSlot(death.name(), death.slot());
      addition(death.name(), death.own());
    }
    systemd.systemctl("daemon-reload").orThrow();
    deaths.forEach(death -> loads.add(inBackground(death.name(), "load", "{}")));
    for (int i = 0; i < deaths.size(); i++) {
      check(deaths.get(i), loads.get(i).join());
    }
  }

  private static void check(Death death, Answer answer) {
    JsonNode error = answer.error(500, "slot.spawn_failed");
    JsonNode details = error.path("details");
    assertThat(details.path("result").asText()).as(answer.text()).isEqualTo(death.result());
    // What ended well may be forgotten by systemd before it can be asked.
    boolean forgotten = death.status() == -1 && details.path("exit_status").asInt(-1) == 0;
    assertThat(forgotten ? -1 : details.path("exit_status").asInt(-1))
        .as(answer.text())
        .isEqualTo(death.status());
    assertThat(details.path("n_restarts").asInt(-1)).as(answer.text()).isZero();
    assertThat(details.path("signal").asText()).as(answer.text()).isEqualTo(death.signal());
    assertThat(error.path("message").asText()).contains(death.name()).contains(death.signal());
    assertThat(state(hal0.slot(death.name()))).as(answer.text()).isEqualTo("error");
  }

  private static SlotText shell(String script) {
    return SlotText.llama().command("sh", "-c", script).set("probe", "grace", PATIENT);
  }

  private static SlotText dying() {
    return SlotText.llama()
        .with("--do", "loading", "--do", "die-in 1000")
        .set("probe", "grace", PATIENT);
  }

  /** Writes what an administrator adds to a slot's unit; it counts from the next reload on. */
  private static void addition(String slot, String text) throws IOException {
    Path file = hal0.dropIn(slot).resolveSibling("90-own.conf");
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void aUnitThatItDependsOnEndsTheLoad() throws IOException {
    systemd.writeUnit(
        "broken.service", "[Service]\nType=oneshot\nExecStart=/bin/false\nRemainAfterExit=yes\n");
    hal0.addSlot("leans", SlotText.llama().set("probe", "grace", PATIENT));
    addition("leans", "[Unit]\nRequires=broken.service\nAfter=broken.service\n");
    systemd.systemctl("daemon-reload").orThrow();

    JsonNode error = hal0.post("/api/slots/leans/load", "{}").error(500, "slot.spawn_failed");
    assertThat(error.path("message").asText()).contains("depends on");
    assertThat(error.at("/details/result").asText()).isEqualTo("dependency");
    assertThat(state(hal0.slot("leans"))).isEqualTo("error");

    systemd.writeUnit(
        "broken.service", "[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes\n");
    assertThat(state(hal0.verb("leans", "load"))).isEqualTo("ready");
  }

  @Test
  void aStartLimitIsSaidAndALoadByAPersonResetsIt() throws IOException {
    hal0.addSlot("often", shell("exit 9").restarted("100ms"));
    addition("often", "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=2\n");
    systemd.systemctl("daemon-reload").orThrow();
    hal0.post("/api/slots/often/load", "{}").error(500, "slot.spawn_failed");
    awaitGivenUp();

    // The limit would refuse this start: its own death says that it took place.
    JsonNode again = hal0.post("/api/slots/often/load", "{}").error(500, "slot.spawn_failed");
    assertThat(again.at("/details/exit_status").asInt()).isEqualTo(9);
    awaitGivenUp();
    hal0.addSlot("often", SlotText.llama());
    Await.value(
        "a load by the new file",
        Await.LONG,
        () -> hal0.post("/api/slots/often/load", "{}"),
        answer -> answer.status() == 200);
  }

  private static void awaitGivenUp() {
    JsonNode given =
        hal0.await(
            "often",
            "says that systemd has given up",
            slot -> state(slot).equals("error") && message(slot).contains("given it up after 2"));
    assertThat(given.at("/unit/active_state").asText()).isEqualTo("failed");
    assertThat(systemd.property(Hal0.unit("often"), "ActiveState")).isEqualTo("failed");
  }

  @Test
  void whileSystemdTriesAgainTheMessageSaysWhichTryAndWhen() {
    SlotText slot = SlotText.llama().with("--do", "loading", "--do", "die-in 1500");
    hal0.addSlot("tries", slot.restarted("4s").set("probe", "grace", PATIENT));
    JsonNode error = hal0.post("/api/slots/tries/load", "{}").error(500, "slot.spawn_failed");
    assertThat(error.path("message").asText()).contains("after 4 s, try 1");
    for (int turn = 1; turn <= 2; turn++) {
      String expected = "after 4 s, try " + turn;
      hal0.await(
          "tries",
          "says " + expected,
          view -> state(view).equals("error") && message(view).contains(expected));
    }
    assertThat(state(hal0.verb("tries", "unload"))).isEqualTo("offline");
  }

  private static String message(JsonNode slot) {
    return slot.path("message").asText();
  }
}
