package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
}
