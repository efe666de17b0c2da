package hal0.slots.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When failures end a live slot, and how long to wait between probes. */
class TallyTest {
  @Test
  void failuresInARowEndASlotAndOneGoodAnswerForgivesThem() {
    ProbeTally tally = ProbeTally.NONE;
    for (Verdict bad : Verdict.values()) {
      if (bad.isFailure()) {
        tally = tally.after("a", bad, false);
      }
    }
    assertThat(tally.failures()).isEqualTo(5);
    assertThat(tally.isOver(5)).isTrue();
    assertThat(tally.isOver(6)).isFalse();
    assertThat(tally.after("a", Verdict.SERVING, false).failures()).isZero();
    assertThat(tally.after("a", Verdict.NO_MODEL, true).failures()).isZero();
  }

  @Test
  void whatSaysNothingCountsForNothing() {
    ProbeTally two = ProbeTally.NONE.after("a", Verdict.UNREACHABLE, false).after("a", Verdict.UNHEALTHY, false);
    assertThat(two.after("a", Verdict.INCONCLUSIVE, false)).isEqualTo(two);
    assertThat(two.after("a", Verdict.UNREACHABLE, true)).as("busy is not dead").isEqualTo(two);
  }

  @Test
  void aNewProcessStartsAfresh() {
    ProbeTally two = ProbeTally.NONE.after("a", Verdict.UNREACHABLE, false).after("a", Verdict.UNREACHABLE, false);
    assertThat(two.after("b", Verdict.UNREACHABLE, false).failures()).isEqualTo(1);
    assertThat(two.after("b", Verdict.INCONCLUSIVE, false).failures()).isZero();
  }

  @Test
  void aLimitOfNothingIsALimitOfOne() {
    assertThat(ProbeTally.NONE.isOver(0)).isFalse();
    assertThat(ProbeTally.NONE.after("a", Verdict.UNREACHABLE, false).isOver(0)).isTrue();
  }

  @Test
  void aLoadIsLookedAtQuicklyAndThenLessOften() {
    assertThat(ProbePacing.loading(0, 0)).isZero();
    assertThat(ProbePacing.loading(1, 0)).hasMillis(50);
    assertThat(ProbePacing.loading(1000, 0)).as("nobody listens yet").hasMillis(50);
    assertThat(ProbePacing.loading(1, 1)).hasMillis(50);
    assertThat(ProbePacing.loading(2, 2)).hasMillis(75);
    assertThat(ProbePacing.loading(3, 3)).hasMillis(112);
    assertThat(ProbePacing.loading(9, 9)).hasMillis(500);
    assertThat(ProbePacing.loading(Integer.MAX_VALUE, Integer.MAX_VALUE)).hasMillis(500);
  }

  @Test
  void liveSlotsAreProbedOutOfStepAndNeverLaterThanTheInterval() {
    Random random = new Random(7);
    Duration interval = Duration.ofSeconds(10);
    assertThat(java.util.stream.Stream.generate(() -> ProbePacing.live(interval, random)).limit(1000))
        .allMatch(wait -> wait.compareTo(interval) <= 0 && wait.compareTo(Duration.ofSeconds(9)) >= 0)
        .anyMatch(wait -> wait.compareTo(Duration.ofMillis(9300)) < 0)
        .anyMatch(wait -> wait.compareTo(Duration.ofMillis(9700)) > 0);
    assertThat(ProbePacing.live(Duration.ZERO, random)).isZero();
  }
}
