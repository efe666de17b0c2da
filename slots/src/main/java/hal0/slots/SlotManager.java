package hal0.slots;

import hal0.slots.admission.Lease;
import hal0.slots.event.EventFeed;
import hal0.slots.room.RoomPlan;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The only door to the slots: a command in, an answer out. Safe for use by many threads. */
public interface SlotManager {
  /**
   * Every slot by name: those with a file, those with a running unit, those whose record is not
   * offline.
   */
  List<SlotView> views();

  /** One slot. */
  Optional<SlotView> view(String name);

  /** What happens to the slots. */
  EventFeed feed();

  /** Loads a slot, with its own model or another (contract §6). */
  default Command load(String name, Optional<String> modelId) {
    return give(Order.load(name, modelId));
  }

  /** Unloads a slot; cancels a load under way. */
  default Command unload(String name) {
    return give(Order.unload(name));
  }

  /** Unloads, then loads what was loaded. */
  default Command restart(String name) {
    return give(Order.restart(name));
  }

  /** Unloads, then loads that model. */
  default Command swap(String name, String modelId) {
    return give(Order.swap(name, modelId));
  }

  /** Gives an order: see the verbs above. */
  Command give(Order order);

  /**
   * Asks a slot to take a request: at once, after a wait as its file allows (which may load it), or
   * not at all. Cancel the future to give the wait up; the load goes on.
   *
   * @return the lease, to be closed when the request is over, or {@link SlotException.NotFound},
   *     {@link SlotException.NotReady}, {@link SlotException.Saturated}
   */
  CompletableFuture<Lease> enter(String name);

  /**
   * Calls {@code changed} after every change of any slot's state, reason, message or routability,
   * after slots came or went, and when systemd was lost or found. It is called on a slot's own loop
   * and must return at once; the number of requests in flight is not told.
   */
  void watch(Runnable changed);

  /**
   * What a load of the slot would unload to make room. Changes nothing.
   *
   * @return empty if there is no such slot
   */
  Optional<RoomPlan> plan(String name);

  /** Whether every slot has been observed once since this daemon's start. */
  boolean isReconciled();

  /** Whether systemd can be reached, as far as is known. */
  boolean isConnected();

  /**
   * Ends when every slot's loop has taken a turn: a daemon whose loops stand still never ends it.
   */
  CompletableFuture<Void> pulse();

  /**
   * The slot files have changed: read them again. Ends when the slots have taken the new
   * definitions.
   */
  CompletableFuture<Void> refresh();

  /**
   * Forgets a slot whose file was deleted and whose unit is gone: its record and drop-in are
   * removed.
   */
  CompletableFuture<Void> forget(String name);
}
