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
    assertThat(hal0.get("/api/slots").with(200)).hasSize(3);
    hal0.post("/api/slots/idles/load", "{}").error(503, "systemd.unavailable");
    kill(mainPid(dies));
    Await.until(
        "systemd has seen the death",
        Await.LONG,
        () -> systemd.property(Hal0.unit("dies"), "ActiveState").equals("failed"));

    systemd.startBus();
    Await.until("it is ready again", Await.LONG, () -> hal0.get("/readyz").status() == 200);
    hal0.awaitState("dies", "error");
    assertThat(invocation(hal0.awaitState("keeps", "ready"))).isEqualTo(invocation(keeps));
    assertThat(state(hal0.verb("idles", "load"))).isEqualTo("ready");
    kill(mainPid(hal0.slot("idles")));
    hal0.awaitState("idles", "error");
  }
}
