package hal0.slots.room;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.SlotSpec;

/**
 * A slot as the room sees it.
 *
 * @param lastUse when it was last used, in {@code Clockwork.nanos()}
 */
public record Tenant(SlotView slot, long lastUse) {
  String name() {
    return slot.name();
  }

  Budget needs() {
    return slot.spec().map(SlotSpec::needs).map(Budget::of).orElse(Budget.NOTHING);
  }

  /**
   * Whether it holds what it needs: its unit runs, or is on its way to; where that is not known, it
   * may.
   */
  boolean holds() {
    return slot.state().isLoading()
        || slot.unit().map(unit -> !unit.isDown()).orElse(slot.state().isLive());
  }

  /** Whether it holds what it needs, and goes on holding it. */
  public boolean keepsRoom() {
    return holds() && slot.state() != SlotState.UNLOADING;
  }

  /** Whether it needs nothing of the budget. */
  public boolean takesNothing() {
    return needs().isNothing();
  }

  /** Why it is not asked to give way; empty when it may be. */
  String keeps() {
    if (slot.spec().filter(SlotSpec::pinned).isPresent()) {
      return "pinned";
    }
    if (slot.state().isLoading()) {
      return "loading";
    }
    if (slot.inFlight() > 0) {
      return "in use";
    }
    return slot.state().isLive() ? "" : slot.state().word();
  }
}
