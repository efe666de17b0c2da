package hal0.tests.sim;

import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.SlotState;
import hal0.systemd.UnitName;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * No unit is started without what it needs, nor while its slot is pulling or after its pull was
 * given up; no file is written by two.
 */
final class PullRule implements Rule {
  /** Between the look and the start the daemon reads, writes and asks systemd. */
  private static final Duration LOOKED = Duration.ofMinutes(2);

  private final SlotWorld world;
  private final Set<String> pulling = new TreeSet<>();

  /**
   * @param found hears of what is wrong inside a call of the daemon
   */
  PullRule(SlotWorld world, Consumer<Throwable> found) {
    this.world = world;
    world.pulls().whenBroken(what -> found.accept(new Violation("pulls", what)));
  }

  @Override
  public void booted() {
    pulling.clear();
  }

  @Override
  public void happened(SlotEvent event) {
    boolean given = event.from() == SlotState.PULLING && event.to() != SlotState.STARTING;
    if (event.to() == SlotState.PULLING || given) {
      pulling.add(event.slot());
    } else {
      pulling.remove(event.slot());
    }
  }

  @Override
  public void asked(String verb, UnitName unit) {
    String slot = unit.slot().orElseThrow();
    if (!verb.equals("start")) {
      return;
    }
    if (pulling.contains(slot)) {
      throw new Violation("pulls", slot + " was started though " + world.view(slot));
    }
    Definition definition = world.unitFiles().files().get(slot);
    boolean lacks = definition != null && !world.pulls().has(definition.spec(), definition.model());
    if (lacks && !world.pulls().hasLost(LOOKED)) {
      throw new Violation("pulls", slot + " was started without the file of its model");
    }
  }
}
