package hal0.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Simulated time moves only when told, and the same way for the same seed. */
class SimClockworkTest {
  private static List<Integer> order(long seed) {
    SimClockwork clock = new SimClockwork(seed);
    List<Integer> ran = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int number = i;
      clock.execute(() -> ran.add(number));
    }
    clock.settle();
    return ran;
  }

  @Test
  void runsTasksAtTheirTimeAndOthersNot() {
    SimClockwork clock = new SimClockwork(1);
    List<String> ran = new ArrayList<>();
    clock.schedule(Duration.ofSeconds(2), () -> ran.add("two at " + clock.nanos()));
    Clockwork.Timer never = clock.schedule(Duration.ofSeconds(1), () -> ran.add("never"));
    clock.schedule(
        Duration.ofSeconds(1),
        () -> clock.schedule(Duration.ofSeconds(1), () -> ran.add("nested")));
    never.cancel();
    clock.advance(Duration.ofMillis(1999));
    assertThat(ran).isEmpty();
    clock.jump(Duration.ofDays(-1));
    clock.advance(Duration.ofMillis(1));
    assertThat(ran).containsExactlyInAnyOrder("two at 2000000000", "nested");
    assertThat(clock.now()).isEqualTo(SimClockwork.EPOCH.plusSeconds(2).minusSeconds(86_400));
    assertThat(clock.pending()).isZero();
  }

  @Test
  void tasksOfOneInstantRunInTheSeedsOrder() {
    assertThat(order(5))
        .isEqualTo(order(5))
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(List.of(order(1), order(2), order(3))).anyMatch(ran -> !ran.equals(order(4)));
  }

  @Test
  void aLifeThatIsOverDoesNothingMore() {
    SimClockwork clock = new SimClockwork(1);
    List<String> ran = new ArrayList<>();
    Life life = new Life(clock, 1);
    life.endAfter(2);
    life.execute(
        () -> {
          life.at("first");
          ran.add("first");
          life.schedule(Duration.ofSeconds(1), () -> ran.add("later"));
          life.at("second");
          ran.add("second");
        });
    clock.advance(Duration.ofSeconds(5));
    assertThat(ran).containsExactly("first");
    assertThat(life.isOver()).isTrue();
    assertThat(life.endedAt()).isEqualTo("second");
    assertThat(clock.failures()).isEmpty();
  }
}
