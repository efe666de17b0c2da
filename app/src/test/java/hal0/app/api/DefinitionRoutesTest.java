package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.slots.SlotException;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Making, changing, removing and arming slots, and their logs, over real HTTP. */
class DefinitionRoutesTest {
  private static final String FILE = "\"provider\": \"llama-server\", \"port\": 8101";

  private FakeSlots slots;
  private FakeDefinitions files;
  private ApiBed bed;

  @BeforeEach
  void start() throws IOException {
    slots = new FakeSlots();
    files = new FakeDefinitions(slots);
    List<Route> more = new ArrayList<>(files.routes());
    more.addAll(new LogRoutes(slots, files, new SystemClockwork()).routes());
    bed = new ApiBed(slots, Limits.DEFAULT, false, more);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  private ApiBed.Answer ask(String method, String path, String body) throws Exception {
    return bed.ask(method, path, body, "Authorization", "Bearer " + ApiBed.TOKEN);
  }

  private ApiBed.Answer create(String name) throws Exception {
    return ask("POST", "/api/slots", "{\"name\": \"" + name + "\", " + FILE + "}");
  }

  @Test
  void aSlotIsMade() throws Exception {
    ApiBed.Answer answer = create("chat");

    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.json().get("name").asText()).isEqualTo("chat");
    assertThat(answer.json().get("state").asText()).isEqualTo("offline");
    assertThat(answer.header("Location")).isEqualTo("/api/slots/chat");
    assertThat(files.files).containsOnlyKeys("chat");
    assertThat(files.files.get("chat")).doesNotContainKey("name");
    assertThat(files.links).containsExactly("chat");
  }

  @Test
  void aFilesOwnTextIsKept() throws Exception {
    String text = "# mine\nprovider = \"flm\"\nport = 8101 # free\n";
    ApiBed.Answer made = ask("POST", "/api/slots", body(Map.of("name", "chat", "toml", text)));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(files.texts).containsEntry("chat", text);

    String other = text.replace("8101", "8102");
    ApiBed.Answer changed = ask("PUT", "/api/slots/chat/config", body(Map.of("toml", other)));
    assertThat(changed.text()).isEqualTo("{\"provider\":\"flm\",\"port\":8102}");
    assertThat(changed.header("Hal0-Comments-Kept")).isEqualTo("true");
    assertThat(files.texts).containsEntry("chat", other);

    String wrong = body(Map.of("toml", text + "prot = 1\n"));
    ApiBed.Answer refused = ask("PUT", "/api/slots/chat/config", wrong);
    assertThat(refused.status() + " " + refused.code()).isEqualTo("400 slot.config_error");
    assertThat(refused.text()).contains("\"line\":4", "line 4, prot: unknown key");
    for (Map<String, Object> odd :
        List.<Map<String, Object>>of(
            Map.of("name", "new", "toml", 1),
            Map.of("name", "new", "toml", text, "port", 8103),
            Map.of("name", "No", "toml", text),
            Map.of("toml", text))) {
      assertThat(ask("POST", "/api/slots", body(odd)).code())
          .as(odd.toString())
          .isEqualTo("slot.config_error");
    }
    assertThat(files.texts).containsOnlyKeys("chat").containsEntry("chat", other);
  }

  private static String body(Map<String, Object> keys) throws IOException {
    return ApiBed.MAPPER.writeValueAsString(keys);
  }

  @Test
  void notTwice() throws Exception {
    create("chat");

    ApiBed.Answer again = create("chat");

    assertThat(again.status() + " " + again.code()).isEqualTo("409 slot.exists");
  }

  @Test
  void aUnitThatRunsWithoutAFileIsInTheWayToo() throws Exception {
    slots.with("chat", 8101).move("chat", SlotState.READY, Reason.ADOPTED, "found", "m");

    assertThat(create("chat").code()).isEqualTo("slot.exists");
    assertThat(files.files).isEmpty();
  }

  @Test
  void everyWrongKeyIsNamed() throws Exception {
    ApiBed.Answer answer =
        ask(
            "POST",
            "/api/slots",
            "{\"name\": \"No\", \"provider\": \"x\", \"port\": 0, \"prot\": 1}");

    assertThat(answer.status() + " " + answer.code()).isEqualTo("400 slot.config_error");
    List<String> keys = new ArrayList<>();
    for (JsonNode problem : answer.json().path("error").path("details").path("problems")) {
      keys.add(problem.get("key").asText());
    }
    assertThat(keys).contains("name", "provider", "port", "prot");
    assertThat(ask("POST", "/api/slots", "{" + FILE + "}").json().toString())
        .contains("\"key\":\"name\"");
    assertThat(files.files).isEmpty();
  }

  @Test
  void allOfItNeedsTheToken() throws Exception {
    create("chat");
    for (String call :
        List.of(
            "POST /api/slots",
            "GET /api/slots/chat/config",
            "PUT /api/slots/chat/config",
            "DELETE /api/slots/chat",
            "POST /api/slots/chat/enable",
            "POST /api/slots/chat/disable")) {
      String[] parts = call.split(" ", 2);
      assertThat(bed.ask(parts[0], parts[1], "{}").code()).as(call).isEqualTo("auth.required");
    }
    assertThat(files.files).containsOnlyKeys("chat");
  }

  @Test
  void theFileIsReadAndChanged() throws Exception {
    create("chat");

    assertThat(ask("GET", "/api/slots/chat/config", null).json().get("port").asInt())
        .isEqualTo(8101);
    ApiBed.Answer changed =
        ask("PUT", "/api/slots/chat/config", "{\"name\": \"chat\", \"port\": 8200}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("Hal0-Comments-Kept")).isEqualTo("true");
    assertThat(changed.json().toString())
        .isEqualTo("{\"provider\":\"llama-server\",\"port\":8200}");
    files.commentsKept = false;
    ApiBed.Answer rewritten =
        ask("PUT", "/api/slots/chat/config", "{\"comments_kept\": true, \"port\": 8201}");
    assertThat(rewritten.json().get("comments_kept").asBoolean()).isFalse();
    assertThat(files.files.get("chat")).containsOnlyKeys("provider", "port");
    assertThat(bed.get("/api/slots/chat").json().get("port").asInt()).isEqualTo(8201);
  }

  @Test
  void aWrongChangeChangesNothing() throws Exception {
    create("chat");
    for (String body : List.of("{\"port\": 70000}", "{\"name\": \"other\"}", "{\"x\": 1}")) {
      assertThat(ask("PUT", "/api/slots/chat/config", body).code())
          .as(body)
          .isEqualTo("slot.config_error");
    }
    assertThat(files.files.get("chat").get("port")).isEqualTo(8101L);
    assertThat(ask("PUT", "/api/slots/other/config", "{}").code()).isEqualTo("slot.not_found");
    assertThat(ask("GET", "/api/slots/other/config", null).code()).isEqualTo("slot.not_found");
  }

  @Test
  void aSlotIsUnloadedThenDeleted() throws Exception {
    create("chat");
    bed.post("/api/slots/chat/load", "{}");

    ApiBed.Answer answer = ask("DELETE", "/api/slots/chat", null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("{\"name\":\"chat\",\"deleted\":true}");
    assertThat(slots.commands).containsExactly("load chat -", "unload chat -");
    assertThat(files.files).isEmpty();
    assertThat(files.links).isEmpty();
    assertThat(bed.get("/api/slots").text()).isEqualTo("[]");
    assertThat(ask("DELETE", "/api/slots/chat", null).code()).isEqualTo("slot.not_found");
  }

  @Test
  void aSlotThatCannotBeStoppedIsNotDeleted() throws Exception {
    create("chat");
    slots.refusals.put("chat", new SlotException.StopFailed("chat", "it goes on", Map.of()));

    ApiBed.Answer answer = ask("DELETE", "/api/slots/chat", null);

    assertThat(answer.status() + " " + answer.code()).isEqualTo("500 slot.stop_failed");
    assertThat(files.files).containsOnlyKeys("chat");
  }

  @Test
  void deletingGoesOnAfterAnAnswerAtOnce() throws Exception {
    create("chat");

    ApiBed.Answer answer = ask("DELETE", "/api/slots/chat?wait=0", null);

    assertThat(answer.status()).isEqualTo(202);
    ApiBed.until("deleted", () -> slots.view("chat").isEmpty());
  }

  @Test
  void whatRunsWithoutAFileCanBeDeleted() throws Exception {
    slots.with("chat", 8101).move("chat", SlotState.READY, Reason.ADOPTED, "found", "m");

    assertThat(ask("DELETE", "/api/slots/chat", null).status()).isEqualTo(200);
    assertThat(slots.views()).isEmpty();
  }

  @Test
  void bootIsArmedAndDisarmed() throws Exception {
    create("chat");

    ApiBed.Answer off = ask("POST", "/api/slots/chat/disable", "{\"now\": true}");
    assertThat(off.status()).isEqualTo(200);
    assertThat(off.json().get("enabled").asBoolean()).isFalse();
    assertThat(files.links).isEmpty();
    ApiBed.Answer on = ask("POST", "/api/slots/chat/enable", null);
    assertThat(on.json().get("enabled").asBoolean()).isTrue();
    assertThat(on.json().get("state").asText()).isEqualTo("offline");
    assertThat(files.links).containsExactly("chat");
    ApiBed.Answer now = ask("POST", "/api/slots/chat/enable", "{\"now\": true}");
    assertThat(now.json().get("state").asText()).isEqualTo("ready");
    assertThat(slots.commands).containsExactly("unload chat -", "load chat -");
    assertThat(ask("POST", "/api/slots/chat/enable", "{\"now\": 1}").code())
        .isEqualTo("slot.config_error");
    assertThat(ask("POST", "/api/slots/nobody/disable", "{}").code()).isEqualTo("slot.not_found");
  }

  @Test
  void logs() throws Exception {
    create("chat");
    create("asr");

    assertThat(bed.get("/api/slots/chat/logs?lines=2").text())
        .isEqualTo(
            "{\"name\":\"chat\",\"lines\":[\"two \ufffd\",\"three\"],\"logs\":\"two \ufffd\\n"
                + "three\"}");
    assertThat(bed.get("/api/slots/asr/logs").json().get("hint").asText()).contains("no journal");
    assertThat(bed.get("/api/slots/nobody/logs").code()).isEqualTo("slot.not_found");
    for (String lines : List.of("0", "-1", "x", "10001", "", "99999999999")) {
      assertThat(bed.get("/api/slots/chat/logs?lines=" + lines).code())
          .as(lines)
          .isEqualTo("slot.config_error");
    }
  }

  @Test
  void logsAreFollowed() throws Exception {
    create("chat");
    create("asr");
    try (SseClient stream = SseClient.open(bed, "/api/slots/chat/logs/stream?lines=2")) {
      assertThat(stream.next().data()).isEqualTo("{\"line\":\"two \ufffd\"}");
      assertThat(stream.next().data()).isEqualTo("{\"line\":\"three\"}");
      assertThat(stream.isAtEnd()).isTrue();
    }
    try (SseClient stream = SseClient.open(bed, "/api/slots/asr/logs/stream")) {
      assertThat(stream.next().type()).isEqualTo("hint");
      assertThat(stream.isAtEnd()).isTrue();
    }
  }

  @Test
  void theLocksOfNamesAreGivenBack() throws Exception {
    NameLocks locks = new NameLocks();
    try (NameLocks.Held one = locks.lock("a");
        NameLocks.Held other = locks.lock("b")) {
      assertThat(locks.size()).isEqualTo(2);
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (NameLocks.Held third = locks.lock("a")) {
                      assertThat(third).isNotNull();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      ApiBed.until("waiting", () -> waiting.getState() == Thread.State.WAITING);
      waiting.interrupt();
      waiting.join();
    }
    assertThat(locks.size()).isZero();
  }
}
