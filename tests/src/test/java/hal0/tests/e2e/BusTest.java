package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import org.junit.jupiter.api.Test;

/** The bus to systemd dies and comes back. */
final class BusTest extends E2e {
  @Test
  void aLostBusIsSaidAndEverythingIsTrueAgainOnceItIsBack() {
    hal0.writeSlot("keeps", SlotText.llama());
    hal0.writeSlot("dies", SlotText.llama());
    hal0.addSlot("idles", SlotText.llama());
    JsonNode keeps = hal0.verb("keeps", "load");
    JsonNode dies = hal0.verb("dies", "load");

    systemd.killBus();
    Await.until("it says so", Await.LONG, () -> hal0.get("/readyz").status() == 503);
    assertThat(hal0.get("/healthz").status()).isEqualTo(200);
    assertThat(hal0.get("/api/slots").with(200)).hasSizeGreaterThanOrEqualTo(3);
    JsonNode old = hal0.await("keeps", "says that it is old news", view -> isStale(view));
    assertThat(old.at("/metadata/observed_at").asText()).isNotEmpty();
    hal0.post("/api/slots/idles/load", "{}").error(503, "systemd.unavailable");
    kill(mainPid(dies));
    Await.until(
        "systemd has seen the death",
        Await.LONG,
        () -> systemd.property(Hal0.unit("dies"), "ActiveState").equals("failed"));

    hal0.await("dies", "not routable all the same", view -> !view.path("routable").asBoolean());
    assertThat(hal0.slot("keeps").path("routable").asBoolean()).isTrue();

    systemd.startBus();
    Await.until("it is ready again", Await.LONG, () -> hal0.get("/readyz").status() == 200);
    hal0.awaitState("dies", "error");
    assertThat(invocation(hal0.awaitState("keeps", "ready"))).isEqualTo(invocation(keeps));
    assertThat(state(hal0.verb("idles", "load"))).isEqualTo("ready");
    assertThat(isStale(hal0.slot("idles"))).isFalse();
    kill(mainPid(hal0.slot("idles")));
    hal0.awaitState("idles", "error");
  }

  @Test
  void aBusThatFallsSilentIsNoticedToo() {
    hal0.addSlot("quiet", SlotText.llama());
    hal0.verb("quiet", "load");
    String bus = systemd.property("dbus.service", "MainPID");
    systemd.run("kill", "-STOP", bus).orThrow();
    try {
      Await.until("it says so", Await.LONG, () -> hal0.get("/readyz").status() == 503);
      hal0.await("quiet", "says that it is old news", BusTest::isStale);
      hal0.post("/api/slots/quiet/unload", "{}").error(503, "systemd.unavailable");
      assertThat(systemd.property(Hal0.unit("quiet"), "ActiveState")).isEqualTo("active");
    } finally {
      systemd.run("kill", "-CONT", bus).orThrow();
    }
    Await.until("it is ready again", Await.LONG, () -> hal0.get("/readyz").status() == 200);
    assertThat(isStale(hal0.awaitState("quiet", "ready"))).isFalse();
    assertThat(state(hal0.verb("quiet", "unload"))).isEqualTo("offline");
  }

  private static boolean isStale(JsonNode slot) {
    return slot.at("/metadata/stale").asBoolean();
  }
}
