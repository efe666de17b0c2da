package hal0.tests.sim;

import hal0.slots.Command;
import java.util.Optional;

/**
 * A command that was given to the daemon.
 *
 * @param verb {@code load}, {@code unload}, {@code restart} or {@code swap}
 * @param at when, in the clock's nanoseconds
 * @param life whom it was given to
 */
public record Order(
    String verb, String slot, Optional<String> model, long at, Life life, Command command) {
  /** Whether it waits for its end, with somebody there to answer it. */
  boolean isOpen() {
    return !life.isOver() && !command.done().isDone();
  }

  /** Whether it may lead to a start of the unit. */
  boolean loads() {
    return !verb.equals("unload");
  }

  @Override
  public String toString() {
    return verb + " " + slot + model.map(id -> " " + id).orElse("");
  }
}
