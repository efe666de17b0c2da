package hal0.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a pull looks on a terminal and elsewhere. */
class PullLookTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  private static Map<String, Object> said(Integer percent, String phase) {
    Map<String, Object> pull = new HashMap<>();
    pull.put("percent", percent);
    pull.put("phase", phase);
    return Map.of("pull", pull, "message", "fetching m: " + percent);
  }

  @Test
  void aBarIsAsFullAsItIsFar() {
    assertThat(PullLook.bar(0, false)).isEqualTo("[....................]");
    assertThat(PullLook.bar(52, false)).isEqualTo("[##########..........]");
    assertThat(PullLook.bar(100, true)).isEqualTo("█".repeat(20));
    PullLook look = new PullLook(false);
    assertThat(look.isOn()).isFalse();
    look.take(said(25, "fetching"));
    assertThat(look.line()).isEqualTo("[#####...............] fetching m: 25");
    look.take(said(null, "fetching"));
    assertThat(look.line()).isEqualTo("fetching m: null");
    look.end();
    assertThat(look.isOn()).isFalse();
  }

  @Test
  void elsewhereALineComesEachTenPercentOrTenSecondsOrWithAnotherPhase() {
    PullLook look = new PullLook(false);
    look.take(said(1, "fetching"));
    assertThat(look.news(THEN)).contains("1");
    look.take(said(10, "fetching"));
    assertThat(look.news(THEN.plusSeconds(9))).isEmpty();
    assertThat(look.news(THEN.plusSeconds(10))).contains("10");
    look.take(said(20, "fetching"));
    assertThat(look.news(THEN.plusSeconds(11))).contains("20");
    look.take(said(21, "waiting"));
    assertThat(look.news(THEN.plusSeconds(12))).contains("21");
    assertThat(look.news(THEN.plusSeconds(13))).isEmpty();
  }
}
