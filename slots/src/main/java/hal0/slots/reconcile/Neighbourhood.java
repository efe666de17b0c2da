package hal0.slots.reconcile;

import hal0.slots.SlotView;
import java.util.concurrent.CompletableFuture;

/** What a slot's loop tells the others. For any thread; returns at once. */
interface Neighbourhood {
  /** What is shown of the slot has changed. */
  void changed();

  /** A request wants the slot loaded. */
  CompletableFuture<SlotView> wanted(String name);
}
