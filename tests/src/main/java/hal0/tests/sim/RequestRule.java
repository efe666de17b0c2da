package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.admission.Lease;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Requests in flight: only a routable slot lets one in; none is cut off before its slot has drained
 * or died; no unit is stopped under one; a slot that drains ends what is left at its deadline; and
 * the clocks of quiet begin at the last byte of the last request.
 */
final class RequestRule implements Rule {
  /** Waiting for systemd, and a little. */
  private static final Duration BEGINNING = Duration.ofSeconds(10 + 5);

  private static final Duration LITTLE = Duration.ofSeconds(1);

  private final SlotWorld world;
  private final Consumer<Runnable> guard;
  private final Map<String, Set<Lease>> inside = new TreeMap<>();
  private final Map<String, Long> used = new TreeMap<>();
  private final Map<String, Long> fell = new TreeMap<>();
  private final List<Order> unloads = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Cut> cuts = new ArrayList<>();
  private long bootedAt;

  private record Waiting(String slot, CompletableFuture<Lease> place, long until) {}

  private record Cut(String slot, long at, boolean allowed, String why) {}

  /**
   * @param guard runs what may find a violation inside a call of the daemon, which must not get to
   *     see it
   */
  RequestRule(SlotWorld world, Consumer<Runnable> guard) {
    this.world = world;
    this.guard = guard;
  }

  @Override
  public void booted() {
    inside.clear();
    used.clear();
    fell.clear();
    unloads.clear();
    waiting.clear();
    cuts.clear();
    bootedAt = world.clock().nanos();
  }

  /** Somebody has a request for a slot. */
  void asked(String slot, CompletableFuture<Lease> place) {
    Duration patience =
        world.spec(slot).map(spec -> spec.admission().patience()).orElse(Duration.ofSeconds(30));
    waiting.add(new Waiting(slot, place, world.clock().nanos() + patience.plus(LITTLE).toNanos()));
  }

  /** A request was let in. */
  void entered(String slot, Lease lease) {
    inside.computeIfAbsent(slot, key -> new LinkedHashSet<>()).add(lease);
    used(slot);
    guard.accept(
        () -> {
          if (!lease.slot().routable()) {
            throw new Violation("admitted", "a request was let into " + lease.slot());
          }
        });
    int life = world.life().number();
    lease
        .ended()
        .thenAccept(
            why -> {
              if (world.life().number() == life && inside(slot).remove(lease)) {
                cuts.add(new Cut(slot, world.clock().nanos(), isAllowed(slot), why));
                used(slot);
              }
            });
  }

  /** A byte of a request has moved. */
  void used(String slot) {
    used.put(slot, world.clock().nanos());
  }

  /** A request is over, or its client has gone. */
  void left(String slot, Lease lease) {
    inside(slot).remove(lease);
    used(slot);
  }

  private Set<Lease> inside(String slot) {
    return inside.getOrDefault(slot, new LinkedHashSet<>());
  }

  private Duration drain(String slot) {
    return world.spec(slot).map(spec -> spec.admission().drain()).orElse(Duration.ZERO);
  }

  /** A request may be cut off when it had its time, or when its unit has gone. */
  private boolean isAllowed(String slot) {
    FakeConnection.Told told = world.connection().told().get(UnitName.ofSlot(slot));
    return told == null
        || !told.status().isUp()
        || unloads.stream().anyMatch(order -> order.slot().equals(slot) && isOver(order, 0));
  }

  private boolean isOver(Order order, long more) {
    long drained = order.at() + drain(order.slot()).toNanos();
    return world.clock().nanos() - drained >= more;
  }

  @Override
  public void commanded(Order order) {
    unloads.add(order);
  }

  @Override
  public void asked(String verb, UnitName unit) {
    String slot = unit.slot().orElseThrow();
    if (!verb.equals("start") && !inside(slot).isEmpty()) {
      throw new Violation(
          "drain",
          inside(slot).size() + " requests are in flight, and yet a " + verb + " of " + slot);
    }
  }

  @Override
  public void happened(SlotEvent event) {
    String slot = event.slot();
    boolean fallen = event.to() == SlotState.ERROR || event.to() == SlotState.OFFLINE;
    if (fallen && event.from() != SlotState.UNLOADING) {
      fell.put(slot, world.clock().nanos());
    }
    Optional<SlotSpec.Idle> idle = world.spec(slot).map(SlotSpec::idle);
    if (event.reason() != Reason.QUIET || idle.isEmpty()) {
      return;
    }
    if (event.to() == SlotState.IDLE) {
      needQuiet(event, idle.get().after());
    } else if (event.to() == SlotState.UNLOADING) {
      needQuiet(event, idle.get().unloadAfter());
    }
  }

  private void needQuiet(SlotEvent event, Duration least) {
    long quiet = world.clock().nanos() - used.getOrDefault(event.slot(), bootedAt);
    if (least.isZero() || quiet < least.toNanos() || !inside(event.slot()).isEmpty()) {
      throw new Violation(
          "quiet",
          event
              + " after "
              + Duration.ofNanos(quiet)
              + " without a byte, "
              + inside(event.slot()).size()
              + " in flight; the file says "
              + least);
    }
  }

  @Override
  public void stepped() {
    for (Cut cut : cuts) {
      boolean hasFallen = fell.getOrDefault(cut.slot(), 0L) >= cut.at() - LITTLE.toNanos();
      if (!cut.allowed() && !hasFallen) {
        throw new Violation("cut", "a request of " + cut.slot() + " was ended: " + cut.why());
      }
    }
    cuts.clear();
    waiting.removeIf(one -> one.place().isDone());
    for (Waiting one : waiting) {
      if (world.clock().nanos() > one.until()) {
        throw new Violation("bounds", "a request to " + one.slot() + " has had no answer");
      }
    }
    unloads.removeIf(order -> !order.isOpen() && inside(order.slot()).isEmpty());
    for (Order order : unloads) {
      boolean late = order.isOpen() && !order.loads() && isOver(order, BEGINNING.toNanos());
      if (late && !inside(order.slot()).isEmpty()) {
        throw new Violation("drain", order + " has not ended the requests in time");
      }
    }
    world.slots().forEach(this::judgeState);
  }

  /** A slot with a unit that is up is serving while, and only while, a request is in flight. */
  private void judgeState(String slot) {
    Optional<SlotView> view = world.view(slot);
    FakeConnection.Told told = world.connection().told().get(UnitName.ofSlot(slot));
    if (view.isEmpty() || view.get().stale() || told == null || !told.status().isUp()) {
      return;
    }
    boolean serving = view.get().state() == SlotState.SERVING;
    if (serving == inside(slot).isEmpty()) {
      throw new Violation(
          "serving", slot + " has " + inside(slot).size() + " requests, and is " + view.get());
    }
  }
}
