package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A budget of 10 GiB and slots that do not all fit: who gives way, and who never does. */
final class RoomTest extends E2e {
  @BeforeAll
  static void budget() throws IOException {
    Files.writeString(hal0.configDir().resolve("hal0.toml"), "[budget]\nmemory = \"10G\"\n");
    hal0.term();
    hal0.startDaemon();
  }

  private static SlotText slot(String name, String memory) {
    SlotText text = SlotText.llama().model(name + "-model");
    return text.set("needs", "memory", "\"" + memory + "\"");
  }

  private static JsonNode plan(String name) {
    return hal0.get("/api/slots/" + name + "/plan").with(200);
  }

  private static void use(String name) {
    hal0.post(ChatStream.CHAT, ChatStream.body(name, false)).with(200);
    hal0.await(name, "quiet", one -> one.path("in_flight").asInt() == 0);
  }

  @Test
  void theLeastRecentlyUsedGivesWayAndThePlanSaysSoBefore() {
    hal0.addSlot("one", slot("one", "4G"));
    hal0.addSlot("two", slot("two", "4G"));
    hal0.addSlot("three", slot("three", "4G"));
    hal0.verb("one", "load");
    hal0.verb("two", "load");
    use("one");

    JsonNode planned = plan("three");
    assertThat(planned.path("fits").asBoolean()).isTrue();
    assertThat(planned.path("unload")).hasSize(1);
    assertThat(planned.at("/unload/0").asText()).isEqualTo("two");
    assertThat(hal0.cli("slots", "plan", "three").orThrow()).contains("two");
    assertThat(state(hal0.slot("two"))).isEqualTo("ready");
    assertThat(state(hal0.slot("three"))).isEqualTo("offline");

    assertThat(state(hal0.verb("three", "load"))).isEqualTo("ready");
    JsonNode gone = hal0.slot("two");
    assertThat(state(gone)).isEqualTo("offline");
    assertThat(reason(gone)).isEqualTo("evicted");
    assertThat(gone.path("message").asText()).contains("three");
    assertThat(state(hal0.slot("one"))).isEqualTo("ready");
    hal0.verb("one", "unload");
    hal0.verb("three", "unload");
  }

  /** Lesson 36: pinned, in use or loading is not evictable, and the refusal names each. */
  @Test
  void whoIsPinnedInUseOrLoadingStays() throws IOException {
    hal0.addSlot("pinned", slot("pinned", "3G").set("", "pinned", "true"));
    SlotText used = slot("used", "3G").with("--do", "silent-at 2");
    hal0.addSlot("used", used);
    SlotText loads = slot("loads", "3G").with("--do", "loading");
    hal0.addSlot("loads", loads);
    hal0.addSlot("wants", slot("wants", "2G"));
    hal0.verb("pinned", "load");
    hal0.verb("used", "load");
    hal0.verbNoWait("loads", "load");
    hal0.awaitState("loads", "warming");
    try (ChatStream inside = new ChatStream(hal0, "used")) {
      inside.until("word1");
      hal0.awaitState("used", "serving");
      assertThat(plan("wants").path("fits").asBoolean()).isFalse();
      Answer refused = hal0.post("/api/slots/wants/load", "{}");
      JsonNode error = refused.json().path("error");
      assertThat(error.path("code").asText()).isEqualTo("slot.no_room");
      assertThat(error.path("message").asText())
          .contains("pinned is pinned", "used is in use", "loads is loading");
      assertThat(state(hal0.slot("wants"))).isEqualTo("offline");
      assertThat(state(hal0.slot("pinned"))).isEqualTo("ready");
      assertThat(state(hal0.slot("loads"))).isEqualTo("warming");
    }
    hal0.awaitState("used", "ready");
    assertThat(state(hal0.verb("wants", "load"))).isEqualTo("ready");
    assertThat(reason(hal0.slot("used"))).isEqualTo("evicted");
    loads.upstream().tell("ok");
    hal0.awaitState("loads", "ready");
    for (String name : new String[] {"pinned", "loads", "wants"}) {
      hal0.verb(name, "unload");
    }
  }
}
