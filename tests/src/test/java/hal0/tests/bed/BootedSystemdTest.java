package hal0.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The booted systemd of the other tests, tried by itself. */
final class BootedSystemdTest {
  private static BootedSystemd systemd;

  @BeforeAll
  static void boot() {
    Optional<String> whyNot = BootedSystemd.whyNot();
    whyNot.ifPresent(
        reason -> System.out.println("[booted systemd] SKIPPED BootedSystemdTest: " + reason));
    Assumptions.assumeTrue(whyNot.isEmpty(), () -> "no booted systemd: " + whyNot.orElse(""));
    systemd = BootedSystemd.start();
  }

  @AfterAll
  static void off() {
    if (systemd != null) {
      systemd.close();
    }
  }

  @Test
  void itSurvivesRebootAndPowerLossAndTouchesNothingOfTheMachine() throws IOException {
    Path here = Files.createTempFile("hal0-canary-", "");
    assertThat(systemd.run("sh", "-c", "ls /tmp").orThrow())
        .doesNotContain(here.getFileName().toString());
    systemd.run("sh", "-c", "echo kept >/etc/hal0-canary; touch /tmp/x").orThrow();
    systemd.reboot();
    assertThat(systemd.run("cat", "/etc/hal0-canary").orThrow()).isEqualTo("kept");
    assertThat(systemd.run("ls", "/tmp").orThrow()).isEmpty();
    systemd.crash();
    assertThat(systemd.run("cat", "/etc/hal0-canary").orThrow()).isEqualTo("kept");
    assertThat(Path.of("/etc/hal0-canary")).doesNotExist();
    assertThat(here).exists();
    Files.delete(here);
  }

  @Test
  void itHasABusAndAJournal() {
    // The bus is started by the first who knocks, and systemd joins it a moment later.
    Await.until(
        "systemd is on the bus",
        Await.LONG,
        () ->
            systemd
                .run("busctl", "--system", "status", "org.freedesktop.systemd1")
                .out()
                .contains("PID=1"));
    systemd.run("systemd-run", "--unit=says", "--wait", "echo", "hello journal").orThrow();
    Await.until(
        "the journal has it",
        Await.LONG,
        () ->
            systemd.run("journalctl", "-u", "says", "--no-pager").out().contains("hello journal"));
  }
}
