package hal0.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Without a socket; with one it is tested on a real systemd. */
class SdNotifyTest {
  @Test
  void doesNothingOutsideOfAUnit() {
    SdNotify notify = SdNotify.of(Map.of());
    notify.ready();
    notify.status("x");
    notify.watchdog();
    notify.stopping();
    assertThat(notify.watchdogInterval()).isEmpty();
  }

  @Test
  void knowsTheWatchdogsInterval() {
    String me = Long.toString(ProcessHandle.current().pid());
    assertThat(SdNotify.of(Map.of("WATCHDOG_USEC", "2500000")).watchdogInterval())
        .contains(Duration.ofMillis(2500));
    assertThat(SdNotify.of(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", me)).watchdogInterval())
        .contains(Duration.ofMillis(1));
    assertThat(SdNotify.of(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1")).watchdogInterval())
        .as("another process's")
        .isEmpty();
    assertThat(SdNotify.of(Map.of("WATCHDOG_USEC", "soon")).watchdogInterval()).isEmpty();
    assertThat(SdNotify.of(Map.of("WATCHDOG_USEC", "0")).watchdogInterval()).isEmpty();
  }
}
