package hal0.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The real systemd of the other tests, tried by itself. */
@RealSystemd
final class PrivateSystemdTest {
  private static final String SLEEPER =
      """
      [Unit]
      Description=Sleeps
      [Service]
      ExecStart=sleep 1000
      """;

  @Test
  void twoRunSideBySideAndEndWithEverythingInThem() {
    PrivateSystemd one = PrivateSystemd.start();
    PrivateSystemd two = PrivateSystemd.start();
    one.writeUnit("sleeper.service", SLEEPER);
    two.writeUnit("sleeper.service", SLEEPER);
    one.systemctl("start", "sleeper.service").orThrow();

    long pid = Long.parseLong(one.property("sleeper.service", "MainPID"));
    assertThat(ProcessHandle.of(pid)).isPresent();
    assertThat(one.property("sleeper.service", "ActiveState")).isEqualTo("active");
    assertThat(two.property("sleeper.service", "ActiveState")).isEqualTo("inactive");

    one.close();
    assertThat(one.isGone()).isTrue();
    // It is a zombie until the machine's PID 1 has noticed.
    Await.until("its processes are gone", Await.LONG, () -> ProcessHandle.of(pid).isEmpty());
    two.systemctl("start", "sleeper.service").orThrow();
    assertThat(two.property("sleeper.service", "ActiveState")).isEqualTo("active");
    two.close();
    two.close();
    assertThat(two.isGone()).isTrue();
  }

  @Test
  void itsBusCanBeKilledAndComesBackWithSystemdOnIt() {
    try (PrivateSystemd systemd = PrivateSystemd.start()) {
      assertThat(onBus(systemd).orThrow()).contains("org.freedesktop.systemd1.Manager");
      systemd.killBus();
      assertThat(onBus(systemd).ok()).isFalse();
      // systemctl goes round the bus, so units can be looked at all the while.
      assertThat(systemd.property("default.target", "ActiveState")).isEqualTo("active");
      systemd.startBus();
      assertThat(onBus(systemd).orThrow()).contains("org.freedesktop.systemd1.Manager");
    }
  }

  @Test
  void unitsSeeItsHomeAndItsBusOnly() {
    try (PrivateSystemd systemd = PrivateSystemd.start()) {
      systemd.writeUnit(
          "env.service",
          """
          [Service]
          Type=oneshot
          ExecStart=sh -c 'env > %h/env'
          """);
      systemd.systemctl("start", "env.service").orThrow();
      assertThat(systemd.home().resolve("env"))
          .content()
          .contains(
              "HOME=" + systemd.home() + "\n", "XDG_RUNTIME_DIR=" + systemd.runtimeDir() + "\n");
    }
  }

  @Test
  void aProgramThatDoesNotEndIsKilledAndTold() {
    assertThatThrownBy(() -> Ran.of(Map.of(), Duration.ofSeconds(1), List.of("sleep", "1000")))
        .hasMessageContaining("sleep, 1000");
  }

  private static Ran onBus(PrivateSystemd systemd) {
    return systemd.run(
        "busctl",
        "--address=" + systemd.busAddress(),
        "introspect",
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1");
  }
}
