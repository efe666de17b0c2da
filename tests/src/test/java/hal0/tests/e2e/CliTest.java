package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, with its exit codes, against the real daemon. */
final class CliTest extends E2e {
  @TempDir private Path directory;

  @Test
  void loadsShowsAndUnloads() throws JsonProcessingException {
    hal0.writeSlot("shown", SlotText.llama());
    Ran load = hal0.cli("slots", "load", "shown");
    assertThat(load.exit()).as(load.toString()).isZero();

    Ran status = hal0.cli("slots", "status");
    assertThat(status.exit()).isZero();
    assertThat(status.out().lines().findFirst().orElse(""))
        .contains("NAME", "STATE", "MODEL", "PORT");
    assertThat(status.out())
        .containsPattern("(?m)^.*shown.*ready.*tiny.*$")
        .doesNotContain("\u001b");

    Ran json = hal0.cli("slot", "status", "--json");
    assertThat(json.err()).isEmpty();
    JsonNode slots = new ObjectMapper().readTree(json.out());
    assertThat(slots.isArray()).isTrue();
    assertThat(slots.findValuesAsText("name")).contains("shown");

    assertThat(hal0.cli("slots", "restart", "shown").exit()).isZero();
    assertThat(hal0.cli("slots", "swap", "shown", "other").exit()).isZero();
    assertThat(hal0.slot("shown").path("model_id").asText()).isEqualTo("other");
    assertThat(hal0.cli("slots", "unload", "shown").exit()).isZero();
    assertThat(hal0.cli("slots", "load", "shown", "--model", "third", "--no-wait").exit()).isZero();
    assertThat(hal0.awaitState("shown", "ready").path("model_id").asText()).isEqualTo("third");
  }

  @Test
  void theExitCodeAndOneLineSayWhatIsWrong() {
    hal0.writeSlot("fails", SlotText.llama().command("sh", "-c", "exit 7"));
    assertFails(hal0.cli("slots", "load", "fails"), 1, "fails");
    assertFails(hal0.cli("slots", "load", "nobody"), 4, "nobody");
    assertFails(hal0.cli("slots", "status", "nobody"), 4, "nobody");
    assertThat(hal0.cli("slots", "load").exit()).isEqualTo(2);
    assertThat(hal0.cli("slots", "nonsense").exit()).isEqualTo(2);
    String nowhere = "http://127.0.0.1:" + Ports.free();
    assertFails(hal0.cli("slots", "status", "--url", nowhere), 3, nowhere);
    assertFails(hal0.cli("slots", "load", "fails", "--url", nowhere), 3, "hal0 serve");
  }

  private static void assertFails(Ran ran, int exit, String text) {
    assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
    assertThat(ran.err()).as(ran.toString()).contains(text).doesNotContain("Exception", "\tat ");
    assertThat(ran.out()).doesNotContain("Exception");
  }

  @Test
  void createsEnablesAndDeletes() throws IOException {
    Path file = Files.writeString(directory.resolve("any.toml"), SlotText.llama().text());
    Ran create = hal0.cli("slots", "create", "made", "--file", file.toString());
    assertThat(create.exit()).as(create.toString()).isZero();
    assertThat(hal0.configDir().resolve("slots/made.toml")).exists();

    assertThat(hal0.cli("slots", "enable", "made", "--now").exit()).isZero();
    hal0.awaitState("made", "ready");
    assertThat(systemd.systemctl("is-enabled", Hal0.unit("made")).out()).contains("enabled");
    assertThat(hal0.cli("slots", "logs", "made").exit()).isZero();
    assertThat(hal0.cli("slots", "disable", "made", "--now").exit()).isZero();
    hal0.awaitState("made", "offline");
    assertThat(systemd.systemctl("is-enabled", Hal0.unit("made")).out())
        .doesNotContain("enabled\n");

    assertThat(hal0.cli("slots", "delete", "made").exit()).isZero();
    assertThat(hal0.configDir().resolve("slots/made.toml")).doesNotExist();
    assertThat(hal0.dropIn("made")).doesNotExist();
    hal0.get("/api/slots/made").error(404, "slot.not_found");
  }

  @Test
  void installIsIdempotentAndUninstallTakesBackWhatItWrote() {
    // Another home, so that the template of the other tests stays.
    Path template = systemd.unitDir().resolve("hal0-slot@.service");
    assertThat(template).exists();
    Ran again = hal0.cli("install");
    assertThat(again.exit()).as(again.toString()).isZero();
    hal0.writeSlot("installed", SlotText.llama());
    hal0.verb("installed", "load");
    hal0.verb("installed", "unload");
    Ran uninstall = hal0.cli("uninstall");
    assertThat(uninstall.exit()).as(uninstall.toString()).isZero();
    assertThat(template).doesNotExist();
    assertThat(hal0.cli("install").exit()).isZero();
    assertThat(template).exists();
    assertThat(state(hal0.verb("installed", "load"))).isEqualTo("ready");
  }
}
