package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What holds however much is wanted: the budget is not exceeded by loads; nobody gives way who is
 * pinned, in use or loading; one load is begun for however many requests; no more are inside, and
 * no more wait, than a slot's file says, and none for ever.
 */
final class BustleRule implements FakeSystemd.Tap {
  private final SlotWorld world;
  private final long budget;
  private final List<Bustle.Asker> askers;
  private final Trace trace;
  private final List<Violation> found = new ArrayList<>();
  private final Map<String, Integer> wishes = new TreeMap<>();
  private long seen;
  private int life;
  private int evicted;
  private int woken;

  /**
   * @param askers every request that waits or is inside
   */
  BustleRule(SlotWorld world, long budget, List<Bustle.Asker> askers, Trace trace) {
    this.world = world;
    this.budget = budget;
    this.askers = askers;
    this.trace = trace;
    world.systemd().tap(this);
    world.clock().afterEach(this::look);
  }

  int evicted() {
    return evicted;
  }

  int woken() {
    return woken;
  }

  /** A person gave a command. */
  void commanded(String verb, String slot) {
    wishes.merge(slot, 1, Integer::sum);
  }

  /** A request came; the gate has answered, or lets it wait. */
  void asked(Bustle.Asker asker) {
    SlotSpec.Admission limits = world.spec(asker.slot()).orElseThrow().admission();
    List<Bustle.Asker> same =
        askers.stream().filter(one -> one.slot().equals(asker.slot())).toList();
    long inside = same.stream().filter(Bustle.Asker::isInside).count();
    long waiting = same.stream().filter(Bustle.Asker::waits).count();
    if (limits.maxInFlight() > 0 && inside > limits.maxInFlight()) {
      throw new Violation("queue", inside + " requests are inside " + asker.slot());
    }
    if (limits.maxInFlight() > 0 && inside + waiting > limits.maxInFlight() + limits.queue()) {
      throw new Violation("queue", inside + " inside and " + waiting + " wait: " + asker.slot());
    }
    if (asker.isInside() && !asker.place().join().slot().routable()) {
      throw new Violation("admitted", "let into " + asker.place().join().slot());
    }
  }

  /** Runs inside a call of the daemon, which must not get to see what is found. */
  @Override
  public void asked(String verb, UnitName unit) {
    String slot = unit.slot().orElseThrow();
    trace.note("systemd is asked: " + verb + " " + slot);
    if (!verb.equals("start")) {
      return;
    }
    woken += wishes.getOrDefault(slot, 0) == 0 ? 1 : 0;
    wishes.remove(slot);
    if (world.process(slot).isPresent()) {
      found.add(new Violation("single", "a start of " + slot + ", which runs"));
    }
    long taken = needs(slot);
    for (String other : world.slots()) {
      boolean holds =
          !other.equals(slot) && !world.systemd().status(UnitName.ofSlot(other)).isDown();
      taken += holds ? needs(other) : 0;
    }
    if (taken > budget) {
      found.add(new Violation("budget", "a start of " + slot + " makes it " + (taken >> 30) + "G"));
    }
  }

  private long needs(String slot) {
    return world.spec(slot).flatMap(spec -> spec.needs().memory()).orElse(0L);
  }

  /** After every task. */
  private void look() {
    if (!found.isEmpty()) {
      throw found.getFirst();
    }
    if (!world.clock().failures().isEmpty()) {
      throw new Violation("faults", "something was thrown: " + world.clock().failures());
    }
    if (world.life().number() != life) {
      life = world.life().number();
      seen = 0;
    }
    if (life > 0 && world.fleet().feed().lastSeq() > seen) {
      seen = world.fleet().feed().lastSeq();
      world.newEvents().forEach(this::happened);
    }
  }

  private void happened(SlotEvent event) {
    trace.note(event);
    if (event.to() != SlotState.UNLOADING || event.reason() != Reason.EVICTED) {
      return;
    }
    evicted++;
    boolean inUse =
        askers.stream().anyMatch(one -> one.slot().equals(event.slot()) && one.isInside());
    if (world.spec(event.slot()).orElseThrow().pinned()) {
      throw new Violation("evicted", event.slot() + " is pinned");
    }
    if (inUse || !event.from().isLive() || event.from() == SlotState.SERVING) {
      throw new Violation("evicted", event.slot() + " was " + event.from());
    }
  }

  /** One step is over, and everything that is due has run. */
  void stepped() {
    world.clock().settle();
    look();
    if (!world.isUp()) {
      return;
    }
    for (Bustle.Asker one : askers) {
      if (one.waits() && world.clock().nanos() > one.until()) {
        throw new Violation("bounds", "a request to " + one.slot() + " has had no answer");
      }
    }
    for (String slot : world.slots()) {
      long inside =
          askers.stream().filter(one -> one.slot().equals(slot) && one.isInside()).count();
      int shown = world.view(slot).map(SlotView::inFlight).orElse(0);
      if (inside != shown) {
        throw new Violation("inside", slot + " shows " + shown + " in flight, there are " + inside);
      }
    }
  }
}
