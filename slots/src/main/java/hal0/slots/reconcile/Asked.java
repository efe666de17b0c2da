package hal0.slots.reconcile;

import hal0.slots.Command;
import hal0.slots.Order;
import hal0.slots.Order.Verb;
import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One command on its way through a slot's loop.
 *
 * @param model the model that was named; empty for the slot's own
 * @param note what the slot says once that is done; "" for the usual
 * @param told what was asked and who did, for people
 * @param why {@code REQUESTED} where somebody asked for it
 */
record Asked(
    Verb verb, Optional<String> model, Reason why, String note, String told, Command command) {
  static Asked of(Order order) {
    return new Asked(
        order.verb(),
        order.model(),
        Reason.REQUESTED,
        "",
        order.told(),
        new Command(new CompletableFuture<>(), new CompletableFuture<>()));
  }

  /** An unload that gives way to every request. */
  static Asked unloadUnused(Reason why, String note) {
    return new Asked(
        Verb.UNLOAD,
        Optional.empty(),
        why,
        note,
        note,
        new Command(new CompletableFuture<>(), new CompletableFuture<>()));
  }

  /** Whether it gives way to requests. */
  boolean givesWay() {
    return why != Reason.REQUESTED;
  }

  void accept(SlotView view) {
    command.accepted().complete(view);
  }

  void complete(SlotView view) {
    command.accepted().complete(view);
    command.done().complete(view);
  }

  void refuse(SlotException why) {
    command.accepted().completeExceptionally(why);
    command.done().completeExceptionally(why);
  }

  /** It was taken, and has ended badly. */
  void fail(SlotException why, SlotView view) {
    command.accepted().complete(view);
    command.done().completeExceptionally(why);
  }
}
