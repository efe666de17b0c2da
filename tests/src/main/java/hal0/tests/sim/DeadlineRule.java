package hal0.tests.sim;

import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.SlotState;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Every state that waits for something is left by its deadline, whatever happens. */
final class DeadlineRule implements Rule {
  /** A pull's own limits end it long before. */
  private static final Duration PULLING = Duration.ofMinutes(15);

  private static final Duration UNLOADING = Duration.ofSeconds(60);

  /** The contract's own, for a slot whose file cannot be used. */
  private static final Duration GRACE = Duration.ofSeconds(180);

  private static final Duration LITTLE = Duration.ofSeconds(5);

  private final SlotWorld world;
  private final Map<String, Waiting> waiting = new TreeMap<>();

  private record Waiting(SlotState state, long until) {}

  DeadlineRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void booted() {
    waiting.clear();
    world.store().records().forEach((slot, record) -> note(slot, record.state()));
  }

  @Override
  public void happened(SlotEvent event) {
    Waiting before = waiting.get(event.slot());
    boolean sameLoad =
        before != null && before.state().isLoading() && event.to() == SlotState.WARMING;
    if (!sameLoad) {
      note(event.slot(), event.to());
    }
  }

  private void note(String slot, SlotState state) {
    if (state.isLoading() || state == SlotState.UNLOADING) {
      Duration grace = world.spec(slot).map(spec -> spec.probe().grace()).orElse(GRACE);
      Duration most =
          switch (state) {
            case UNLOADING -> UNLOADING;
            case PULLING -> PULLING;
            default -> grace;
          };
      waiting.put(slot, new Waiting(state, world.clock().nanos() + most.plus(LITTLE).toNanos()));
    } else {
      waiting.remove(slot);
    }
  }

  @Override
  public void stepped() {
    if (!world.isUp()) {
      return;
    }
    waiting.forEach(
        (slot, wait) -> {
          if (world.clock().nanos() > wait.until()) {
            throw new Violation("deadlines", slot + " has waited too long as " + wait.state());
          }
        });
  }
}
