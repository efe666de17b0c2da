package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Slot files change under the daemon's eyes. */
final class FilesTest extends E2e {
  @Test
  void oneWrongFileCostsThatSlotOnly() {
    hal0.addSlot("fine", SlotText.llama());
    hal0.writeSlot("wrong", "provider = \"llama-server\"\nport = 8101\nprot = 3\n");
    hal0.writeSlot("garbage", "this is = not [ toml\n");
    JsonNode wrong = hal0.await("wrong", "listed", slot -> true);
    assertThat(wrong.path("config_error").asText()).contains("prot").contains("line 3");
    assertThat(
            hal0.post("/api/slots/wrong/load", "{}")
                .error(400, "slot.config_error")
                .path("message")
                .asText())
        .contains("prot");
    assertThat(hal0.await("garbage", "listed", slot -> true).path("config_error").asText())
        .isNotEmpty();
    assertThat(hal0.slot("fine").path("config_error").isNull()).isTrue();
    assertThat(hal0.get("/api/slots").with(200).findValuesAsText("name"))
        .contains("fine", "wrong", "garbage");
    hal0.removeSlotFile("wrong");
    hal0.removeSlotFile("garbage");
    Await.until("wrong is gone", Await.LONG, () -> hal0.get("/api/slots/wrong").status() == 404);
  }

  @Test
  void twoFilesWithOnePortTheLaterNameHasTheError() {
    SlotText slot = SlotText.llama();
    hal0.addSlot("port-a", slot);
    hal0.writeSlot("port-b", slot.text());
    hal0.await(
        "port-b", "has the error", view -> view.path("config_error").asText().contains("port-a"));
    assertThat(hal0.slot("port-a").path("config_error").isNull()).isTrue();
  }

  @Test
  void theDropInFollowsTheFileWhileTheUnitIsDownAndNotWhileItRuns() {
    SlotText first = SlotText.llama();
    SlotText second = SlotText.llama();
    hal0.writeSlot("drift", first);
    awaitDropIn("drift", Integer.toString(first.port()));
    hal0.writeSlot("drift", second.text());
    awaitDropIn("drift", Integer.toString(second.port()));

    JsonNode before = hal0.verb("drift", "load");
    assertThat(before.path("port").asInt()).isEqualTo(second.port());
    assertThat(before.path("config_drift").asBoolean()).isFalse();
    String running = read("drift");
    hal0.writeSlot("drift", first.text());
    hal0.await("drift", "says that it differs", slot -> slot.path("config_drift").asBoolean());
    assertThat(read("drift")).isEqualTo(running);
    assertThat(state(hal0.slot("drift"))).isEqualTo("ready");

    JsonNode after = hal0.verb("drift", "restart");
    assertThat(state(after)).isEqualTo("ready");
    assertThat(after.path("port").asInt()).isEqualTo(first.port());
    assertThat(after.path("config_drift").asBoolean()).isFalse();
  }

  private static void awaitDropIn(String slot, String text) {
    Await.until(
        "the drop-in of " + slot + " has " + text,
        Await.LONG,
        () -> Files.exists(hal0.dropIn(slot)) && read(slot).contains(text));
  }

  private static String read(String slot) {
    try {
      return Files.readString(hal0.dropIn(slot));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aUnitThatRunsWithoutAFileIsListedAndCanBeUnloaded() {
    hal0.writeSlot("orphan", SlotText.llama());
    hal0.verb("orphan", "load");
    hal0.removeSlotFile("orphan");
    JsonNode orphan =
        hal0.await(
            "orphan", "has no file", slot -> !slot.path("config_error").asText().equals("null"));
    assertThat(orphan.path("config_error").asText()).isNotEmpty();
    hal0.verb("orphan", "unload");
    assertThat(systemd.property(Hal0.unit("orphan"), "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void whateverAFileSaysReachesTheProcessAsItWasWritten() {
    String hostile = "a b  'c' \"d\" $HOME ${HOME} %h %% \\n \\ ; & | * ~ #x é\t\n{x} .";
    SlotText argument = SlotText.llama().with("--say", hostile);
    SlotText variable = SlotText.llama().with("--say-variable", "HOSTILE").env("HOSTILE", hostile);
    SlotText model = SlotText.llama().model("a b 'c' \"d\" $HOME %h %% \\n ; é");
    hal0.writeSlot("argument", argument);
    hal0.writeSlot("variable", variable);
    hal0.writeSlot("model", model);
    hal0.verb("argument", "load");
    hal0.verb("variable", "load");
    assertThat(argument.upstream().seen().path("said").asText()).isEqualTo(hostile);
    assertThat(variable.upstream().seen().path("said").asText()).isEqualTo(hostile);
    assertThat(hal0.verb("model", "load").path("models").get(0).asText())
        .isEqualTo("a b 'c' \"d\" $HOME %h %% \\n ; é");
  }
}
