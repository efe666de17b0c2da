package hal0.tests.sim;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.SlotState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Every command is answered, within its bound, with what was reached and never with what was hoped
 * for.
 */
final class CommandRule implements Rule {
  /** Waiting for systemd (10 s), the stop (30 s, a kill and some), and a little. */
  private static final Duration UNLOAD = Duration.ofSeconds(10 + 65 + 2);

  /** A signal and a read after it. */
  private static final Duration SIGNAL = Duration.ofMillis(200);

  /** What signals missed is found by a resync, and a read may take its time. */
  private static final Duration MISLED = Duration.ofSeconds(60);

  /** As long as the worst pull of these worlds. */
  private static final Duration PULL = Duration.ofSeconds(4 * 60);

  private static final Duration LITTLE = Duration.ofSeconds(5);

  private final SlotWorld world;
  private final Consumer<Runnable> guard;
  private final List<Order> open = new ArrayList<>();
  private int answered;

  /**
   * @param guard runs what may find a violation inside a call of the daemon, which must not get to
   *     see it
   */
  CommandRule(SlotWorld world, Consumer<Runnable> guard) {
    this.world = world;
    this.guard = guard;
  }

  /** How many were answered. */
  int answered() {
    return answered;
  }

  @Override
  public void commanded(Order order) {
    open.add(order);
    order
        .command()
        .done()
        .whenComplete((view, failure) -> guard.accept(() -> judge(order, view, failure)));
  }

  private void judge(Order order, SlotView view, Throwable failure) {
    if (order.life().isOver()) {
      return;
    }
    answered++;
    if (failure != null && !(failure instanceof SlotException)) {
      fail("answers", order + " failed with " + failure);
    } else if (failure == null && order.loads()) {
      judgeLoad(order, view);
    } else if (failure == null) {
      judgeUnload(order, view);
    }
  }

  private void judgeLoad(Order order, SlotView view) {
    if (!view.state().isLive()) {
      fail("answers", order + " was answered well with " + view);
    }
    Optional<String> runs =
        process(order).flatMap(FakeProcess::definition).flatMap(Definition::model);
    if (order.model().isPresent() && runs.isPresent() && !runs.equals(order.model())) {
      fail("answers", order + " was answered well, but " + runs.get() + " runs");
    }
  }

  private void judgeUnload(Order order, SlotView view) {
    if (view.state() != SlotState.OFFLINE) {
      fail("answers", order + " was answered well with " + view);
    }
    if (process(order).filter(process -> process.startedAt() < order.at()).isPresent()) {
      fail("answers", order + " was answered well, but its process still runs");
    }
  }

  /** The slot's process, unless the daemon cannot know of it yet. */
  private Optional<FakeProcess> process(Order order) {
    boolean misled = world.systemd().bus().hasMisled(MISLED);
    long known = world.clock().nanos() - (misled ? MISLED : SIGNAL).toNanos();
    return world.process(order.slot()).filter(process -> process.startedAt() < known);
  }

  private void fail(String rule, String seen) {
    throw new Violation(rule, seen);
  }

  @Override
  public void stepped() {
    open.removeIf(order -> !order.isOpen());
    for (Order order : open) {
      Duration grace =
          world.spec(order.slot()).map(spec -> spec.probe().grace()).orElse(Duration.ofSeconds(30));
      Duration most = order.loads() ? UNLOAD.plus(grace).plus(LITTLE).plus(pull(order)) : UNLOAD;
      if (world.clock().nanos() - order.at() > most.toNanos()) {
        throw new Violation(
            "bounds",
            order + " has had no answer for " + most + "; it is " + world.view(order.slot()));
      }
    }
  }

  private Duration pull(Order order) {
    boolean none =
        world.spec(order.slot()).filter(spec -> spec.model().source().isEmpty()).isPresent();
    return none ? Duration.ZERO : PULL;
  }

  @Override
  public void settled() {
    stepped();
    if (!open.isEmpty()) {
      throw new Violation("bounds", open + " have had no answer, and nothing is wrong any more");
    }
  }
}
