package hal0.tests.sim;

import hal0.slots.event.SlotEvent;

/**
 * Something that holds in every history. Rules are written from the contract alone: they know
 * nothing of how the core decides.
 */
interface Rule extends FakeSystemd.Tap {
  /** A daemon begins. */
  default void booted() {}

  /** A transition was published, just now. */
  default void happened(SlotEvent event) {}

  /** That transition was published just now, and no later one of the same slot. */
  default void arrived(SlotEvent event) {}

  /** A command was given to the daemon. */
  default void commanded(Order order) {}

  /** One step of the history is over, and everything that is due has run. */
  default void stepped() {}

  /** Nothing has been wrong for minutes, and nobody asks for anything. */
  default void settled() {}
}
