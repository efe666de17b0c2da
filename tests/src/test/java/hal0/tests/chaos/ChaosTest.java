package hal0.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.RealSystemd;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A minute of chaos; {@code tests/bin/chaos --for 1h} is an hour of it. */
@RealSystemd
@Tag("full")
final class ChaosTest {
  private static final long SEED =
      Long.getLong("hal0.chaos.seed", ThreadLocalRandom.current().nextInt(1_000_000));

  @Test
  void whateverIsBrokenEveryStateIsTrueAfterwards() {
    String done = Chaos.run(new Chaos.Plan(Duration.ofSeconds(60), SEED, 10));
    System.out.println(done);
    assertThat(done).contains("all true");
  }
}
