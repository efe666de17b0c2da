package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.lifecycle.Reason;
import hal0.slots.room.Budget;
import hal0.slots.room.RoomPlan;
import hal0.slots.room.Tenant;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Makes room before a load begins: who must give way is unloaded first, and what was promised is
 * held until the load has ended; a slot that is stopped only to be started again keeps its room
 * meanwhile. One at a time plans; nobody waits for another's unload to plan. Commands to one slot
 * stay in their order. Safe for use by many threads.
 */
final class Room {
  private static final System.Logger LOG = System.getLogger(Room.class.getName());

  /** So often another plan is made when somebody who should go was needed after all. */
  private static final int MOST_PLANS = 5;

  /** So long it is waited, at the daemon's start, until every unit was looked at. */
  private static final Duration LOOKING = Duration.ofSeconds(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Clockwork clock;
  private final long lookedAt;
  private final BooleanSupplier known;
  private final Mailbox desk;
  private final Supplier<Budget> budget;
  private final Supplier<Collection<Tenant>> tenants;
  private final BiFunction<String, Asked, Asked> evict;

  /** Loads that were promised room, and how many commands wait for each. */
  private final Map<String, Promise> promises = new HashMap<>();

  private static final class Promise {
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean ready;
    private int loads;
  }

  private record Waiting(Asked asked, Runnable load) {}

  /**
   * @param budget what there is, as the configuration says now
   * @param tenants every slot, as it is now
   * @param known whether it is known what every slot holds
   * @param evict asks a slot
   */
  Room(
      Clockwork clock,
      BooleanSupplier known,
      Supplier<Budget> budget,
      Supplier<Collection<Tenant>> tenants,
      BiFunction<String, Asked, Asked> evict) {
    this.clock = clock;
    this.lookedAt = clock.nanos() + LOOKING.toNanos();
    this.known = known;
    this.desk = new Mailbox(clock);
    this.budget = budget;
    this.tenants = tenants;
    this.evict = evict;
  }

  /**
   * What a load would do now. Changes nothing; what is promised to loads on their way is left out
   * of the account until they begin.
   */
  Optional<RoomPlan> plan(String name) {
    return plan(name, Set.of());
  }

  private Optional<RoomPlan> plan(String name, Set<String> leased) {
    Collection<Tenant> all = tenants.get();
    return all.stream()
        .filter(one -> one.slot().name().equals(name))
        .findFirst()
        .map(wants -> RoomPlan.of(budget.get(), wants, all, leased));
  }

  /**
   * Runs {@code load} once there is room for it; refuses {@code asked} if there will be none.
   *
   * @param holds whether the slot has the room that it needs, and goes on having it
   */
  void load(String name, Asked asked, BooleanSupplier holds, Runnable load) {
    Waiting one = new Waiting(asked, load);
    desk.post(
        () -> {
          Promise promise = promises.get(name);
          if (promise != null && !promise.ready) {
            promise.waiting.add(one);
            return;
          }
          if (promise == null) {
            promise = new Promise();
            promises.put(name, promise);
            promise.ready = holds.getAsBoolean();
          }
          if (promise.ready) {
            begin(name, promise, one);
          } else {
            promise.waiting.add(one);
            makeRoom(name, 1);
          }
        });
  }

  /** Runs {@code unload}; who waits for room does not want it any more. */
  void unload(String name, Runnable unload) {
    desk.post(
        () -> {
          Promise promise = promises.get(name);
          if (promise != null && !promise.ready) {
            promises.remove(name);
            String why = name + ": unloaded while room was made for it";
            promise.waiting.forEach(
                one -> one.asked().refuse(new SlotException.Cancelled(name, why)));
          }
          unload.run();
        });
  }

  private void makeRoom(String name, int attempt) {
    Promise promise = promises.get(name);
    if (promise == null || promise.ready) {
      return;
    }
    if (!known.getAsBoolean() && clock.nanos() - lookedAt < 0) {
      clock.schedule(LOOK_AGAIN, () -> desk.post(() -> makeRoom(name, attempt)));
      return;
    }
    Optional<RoomPlan> plan = plan(name, promises.keySet());
    if (plan.isEmpty() || plan.get().fits() && plan.get().unload().isEmpty()) {
      promise.ready = true;
      List<Waiting> waiting = List.copyOf(promise.waiting);
      promise.waiting.clear();
      waiting.forEach(one -> begin(name, promise, one));
      return;
    }
    if (!plan.get().fits() || attempt > MOST_PLANS) {
      promises.remove(name);
      SlotException why = new SlotException.NoRoom(plan.get());
      promise.waiting.forEach(one -> one.asked().refuse(why));
      return;
    }
    unload(name, plan.get().unload(), attempt);
  }

  private void unload(String name, List<String> victims, int attempt) {
    LOG.log(System.Logger.Level.INFO, "{0} needs room: {1} unloaded for it", name, victims);
    String note = "unloaded to make room for " + name;
    List<CompletableFuture<?>> gone = new ArrayList<>();
    for (String victim : victims) {
      Asked asked = evict.apply(victim, Asked.unloadUnused(Reason.EVICTED, note));
      gone.add(asked.command().done().handle((view, failure) -> null));
    }
    CompletableFuture.allOf(gone.toArray(CompletableFuture[]::new))
        .thenRun(() -> desk.post(() -> makeRoom(name, attempt + 1)));
  }

  private void begin(String name, Promise promise, Waiting waiting) {
    promise.loads++;
    waiting
        .asked()
        .command()
        .done()
        .whenComplete((view, failure) -> desk.post(() -> ended(name, promise)));
    waiting.load().run();
  }

  private void ended(String name, Promise promise) {
    promise.loads--;
    if (promise.loads == 0) {
      promises.remove(name, promise);
    }
  }
}
