package hal0.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScopeTest {
  @Test
  void findsTheBus() {
    assertThat(Scope.SYSTEM.busAddress(Map.of()))
        .isEqualTo("unix:path=/run/dbus/system_bus_socket");
    assertThat(Scope.SYSTEM.busAddress(Map.of("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/x")))
        .isEqualTo("unix:path=/x");
    assertThat(Scope.USER.busAddress(Map.of("XDG_RUNTIME_DIR", "/run/user/7")))
        .isEqualTo("unix:path=/run/user/7/bus");
    assertThat(Scope.USER.busAddress(Map.of("XDG_RUNTIME_DIR", "/odd, dir")))
        .isEqualTo("unix:path=/odd%2c%20dir/bus");
    assertThat(
            Scope.USER.busAddress(
                Map.of(
                    "XDG_RUNTIME_DIR", "/run/user/7", "DBUS_SESSION_BUS_ADDRESS", "unix:path=/y")))
        .isEqualTo("unix:path=/y");
    assertThat(Scope.USER.busAddress(Map.of())).matches("unix:path=/run/user/[0-9]+/bus");
  }

  @Test
  void findsTheUnits() {
    assertThat(Scope.SYSTEM.unitDirectory(Map.of())).isEqualTo(Path.of("/etc/systemd/system"));
    assertThat(Scope.USER.unitDirectory(Map.of("HOME", "/h")))
        .isEqualTo(Path.of("/h/.config/systemd/user"));
    assertThat(Scope.USER.unitDirectory(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "/c")))
        .isEqualTo(Path.of("/c/systemd/user"));
  }

  @Test
  void readsItsWord() {
    assertThat(Scope.of("user")).isEqualTo(Scope.USER);
    assertThat(Scope.of("system").word()).isEqualTo("system");
    assertThatThrownBy(() -> Scope.of("session")).hasMessageContaining("\"system\" or \"user\"");
  }
}
