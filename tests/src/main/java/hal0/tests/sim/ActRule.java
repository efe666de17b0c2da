package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.systemd.UnitName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The daemon starts, stops and kills only what somebody asked for and still waits for; the one
 * exceptions are the unload that a former life had begun, which is finished, and that of a slot
 * that nobody uses.
 */
final class ActRule implements Rule {
  private final SlotWorld world;
  private final List<Order> orders = new ArrayList<>();
  private final Set<String> unfinished = new TreeSet<>();

  ActRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void booted() {
    orders.clear();
    unfinished.clear();
    for (SlotRecord record : world.store().records().values()) {
      if (record.state() == SlotState.UNLOADING) {
        unfinished.add(record.name());
      }
    }
  }

  @Override
  public void commanded(Order order) {
    orders.add(order);
  }

  @Override
  public void stepped() {
    orders.removeIf(order -> !order.isOpen());
    unfinished.removeIf(
        slot ->
            world.view(slot).map(SlotView::state).filter(SlotState.UNLOADING::equals).isEmpty());
  }

  @Override
  public void asked(String verb, UnitName unit) {
    String slot = unit.slot().orElseThrow();
    boolean start = verb.equals("start");
    Optional<Order> cause =
        orders.stream()
            .filter(
                order -> order.isOpen() && order.slot().equals(slot) && (!start || order.loads()))
            .findFirst();
    if (cause.isEmpty() && (start || !unfinished.contains(slot) && !isQuiet(slot))) {
      throw new Violation(
          "acts", "nobody asked for this " + verb + " of " + slot + ": " + world.view(slot));
    }
  }

  /** An unload by the file's own rule; whether it was due is judged elsewhere. */
  private boolean isQuiet(String slot) {
    return world
        .view(slot)
        .filter(view -> view.state() == SlotState.UNLOADING && view.reason() == Reason.QUIET)
        .isPresent();
  }
}
