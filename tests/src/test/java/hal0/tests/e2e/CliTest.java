package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import org.junit.jupiter.api.Test;

/** The command line, with its exit codes, against the real daemon. */
final class CliTest extends E2e {
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
  void explainsHowASlotCameToBeWhatItIs() {
    hal0.writeSlot("told", SlotText.llama());
    assertThat(hal0.cli("slots", "load", "told").exit()).isZero();
    systemd.systemctl("kill", "--signal=KILL", Hal0.unit("told")).orThrow();
    hal0.awaitState("told", "error");
    String whole =
        Await.value(
            "the death is in the story",
            Await.LONG,
            () -> hal0.cli("slots", "explain", "told").out(),
            text -> text.contains("ready -> error"));
    assertThat(whole)
        .containsSubsequence(
            "offline -> starting (requested)",
            "asked:   load by 127.0.0.1 with hal0",
            "warming -> ready (loaded)",
            "probe:   serving",
            "ready -> error (unit_died)",
            "last ended by signal 9",
            "now error (unit_died)");
    assertFails(hal0.cli("slots", "explain", "nobody"), 4, "nobody");
    assertThat(hal0.cli("slots", "explain", "told", "-n", "0").exit()).isEqualTo(1);
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
}
