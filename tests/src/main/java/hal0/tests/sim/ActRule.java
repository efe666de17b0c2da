package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.event.SlotEvent;
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
 * The daemon starts, stops and kills only what somebody asked for and still waits for; the
 * exceptions are the unload and the pull that a former life had begun, which are finished, and the
 * unload of a slot that nobody uses.
 */
final class ActRule implements Rule {
  private final SlotWorld world;
  private final List<Order> orders = new ArrayList<>();
  private final Set<String> unfinished = new TreeSet<>();
  private final Set<String> pulled = new TreeSet<>();

  ActRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void booted() {
    orders.clear();
    unfinished.clear();
    pulled.clear();
    for (SlotRecord record : world.store().records().values()) {
      if (record.state() == SlotState.UNLOADING) {
        unfinished.add(record.name());
      } else if (record.state() == SlotState.PULLING) {
        pulled.add(record.name());
      }
    }
  }

  @Override
  public void commanded(Order order) {
    orders.add(order);
  }

  @Override
  public void happened(SlotEvent event) {
    if (!event.to().isLoading()) {
      pulled.remove(event.slot());
    }
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
    boolean goesOn = pulled.contains(slot);
    if (cause.isEmpty() && !goesOn && (start || !unfinished.contains(slot) && !isQuiet(slot))) {
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
