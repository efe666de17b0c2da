package hal0.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitPathTest {
  @Test
  void escapesAsSystemdDoes() {
    assertThat(UnitPath.of("hal0-slot@my_chat-2.service"))
        .isEqualTo("/org/freedesktop/systemd1/unit/hal0_2dslot_40my_5fchat_2d2_2eservice");
    assertThat(UnitPath.of("0.service")).isEqualTo("/org/freedesktop/systemd1/unit/_30_2eservice");
    assertThat(UnitPath.of("")).isEqualTo("/org/freedesktop/systemd1/unit/_");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hal0-slot@a.service",
        "hal0-slot@my_chat-2.service",
        "0.service",
        "ü€.mount",
        "a\\x2db.swap"
      })
  void readsBackWhatItWrote(String unit) {
    assertThat(UnitPath.unit(UnitPath.of(unit))).isEqualTo(unit);
  }

  @Test
  void readsOtherPathsAsNone() {
    assertThat(UnitPath.unit("/org/freedesktop/systemd1/job/7")).isEmpty();
    assertThat(UnitPath.unit("/org/freedesktop/systemd1/unit")).isEmpty();
    assertThat(UnitPath.unit("/org/freedesktop/systemd1/unit/a_")).isEqualTo("a");
    assertThat(UnitPath.unit("/org/freedesktop/systemd1/unit/a_zz")).isEqualTo("azz");
  }
}
