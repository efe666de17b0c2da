package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slots are made, changed and taken away through the API and the command line, by whom may. */
final class DefinitionTest extends E2e {
  @TempDir private Path directory;

  @Test
  void whatDecidesWhatRunsNeedsTheToken() {
    hal0.addSlot("guarded", SlotText.llama());
    String slot =
        "{\"name\":\"made\",\"provider\":\"generic\",\"port\":"
            + SlotText.llama().port()
            + ",\"run\":{\"command\":[\"true\"]}}";
    hal0.post("/api/slots", slot).error(401, "auth.required");
    hal0.send("PUT", "/api/slots/guarded/config", "{}").error(401, "auth.required");
    hal0.send("DELETE", "/api/slots/guarded", null).error(401, "auth.required");
    hal0.post("/api/slots/guarded/enable", "{}").error(401, "auth.required");
    hal0.post("/api/slots/guarded/disable", "{}").error(401, "auth.required");
    hal0.send("POST", "/api/slots", slot, "Authorization", "Bearer wrong")
        .error(401, "auth.required");

    assertThat(hal0.asOwner("POST", "/api/slots", slot).with(201).path("name").asText())
        .isEqualTo("made");
    hal0.asOwner("POST", "/api/slots", slot).error(409, "slot.exists");
    hal0.asOwner("POST", "/api/slots", "{\"name\":\"../made\",\"provider\":\"nope\",\"prot\":1}")
        .error(400, "slot.config_error");
    assertThat(
            hal0.asOwner("DELETE", "/api/slots/made", null).with(200).path("deleted").asBoolean())
        .isTrue();
    hal0.get("/api/slots/made").error(404, "slot.not_found");
  }

  @Test
  void createsEnablesAndDeletes() throws IOException {
    String text = "# Mine.\n" + SlotText.llama().text();
    Path file = Files.writeString(directory.resolve("any.toml"), text);
    Ran create = hal0.cli("slots", "create", "made", "--file", file.toString());
    assertThat(create.exit()).as(create.toString()).isZero();
    assertThat(hal0.configDir().resolve("slots/made.toml")).hasContent(text);

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
  void aFileThatIsDroppedInIsLinkedAsItSays() {
    SlotText slot = SlotText.llama();
    hal0.writeSlot("dropped", slot);
    awaitLinked("dropped", true);
    hal0.writeSlot("dropped", slot.set("", "enabled", "false"));
    awaitLinked("dropped", false);
    systemd.systemctl("enable", Hal0.unit("dropped")).orThrow();

    hal0.term();
    hal0.writeSlot("late", SlotText.llama());
    hal0.startDaemon();
    awaitLinked("late", true);
    assertThat(isLinked("dropped")).as("a person's own link").isTrue();
    assertThat(hal0.cli("doctor").out())
        .contains("systemd starts dropped at boot, though its file says enabled = false")
        .contains("hal0 slots disable dropped, or hal0 slots enable dropped");
    hal0.removeSlotFile("late");
    awaitLinked("late", false);
    assertThat(systemd.property(Hal0.unit("dropped"), "InvocationID")).as("started").isEmpty();
    assertThat(state(hal0.slot("dropped"))).isEqualTo("offline");
  }

  private static void awaitLinked(String slot, boolean wanted) {
    Await.until(slot + " linked: " + wanted, Await.LONG, () -> isLinked(slot) == wanted);
  }

  private static boolean isLinked(String slot) {
    Path link = systemd.unitDir().resolve("default.target.wants").resolve(Hal0.unit(slot));
    return Files.isSymbolicLink(link);
  }
}
