package hal0.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZenohSettingsTest {
  @Test
  void itIsOffAndStrictUnlessSaidOtherwise() {
    ZenohSettings settings = ZenohSettings.of(Map.of());

    assertThat(settings.enabled()).isFalse();
    assertThat(settings.strict()).isTrue();
    assertThat(settings.where()).isEqualTo("http://127.0.0.1:8000");
    assertThat(Zenoh.before(settings)).isEqualTo(BusState.OFF);
  }

  @Test
  void theWordsThatTurnItOn() {
    for (String yes : List.of("1", "true", "yes", "YES")) {
      assertThat(ZenohSettings.of(Map.of("HAL0_ZENOH_ENABLED", yes)).enabled()).as(yes).isTrue();
    }
    assertThat(ZenohSettings.of(Map.of("HAL0_ZENOH_ENABLED", "on")).enabled()).isFalse();
    assertThat(ZenohSettings.of(Map.of("HAL0_ZENOH_STRICT", "0")).strict()).isFalse();
    assertThat(
            ZenohSettings.of(Map.of("HAL0_ZENOH_ENDPOINT", "http://me:secret@box:9/zenoh/"))
                .where())
        .isEqualTo("http://box:9/zenoh");
  }

  @Test
  void whatIsWrongIsNamed() {
    for (String wrong : List.of("tcp/127.0.0.1:7447", "127.0.0.1:8000", "http://", "http://x/?q")) {
      assertThatThrownBy(() -> ZenohSettings.of(Map.of("HAL0_ZENOH_ENDPOINT", wrong)))
          .hasMessageContaining("HAL0_ZENOH_ENDPOINT");
    }
    assertThatThrownBy(() -> ZenohSettings.of(Map.of("HAL0_ZENOH_STRICT", "maybe")))
        .hasMessageContaining("HAL0_ZENOH_STRICT");
  }
}
