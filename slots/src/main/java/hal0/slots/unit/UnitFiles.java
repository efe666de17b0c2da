package hal0.slots.unit;

import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * The drop-ins ({@code hal0-slot@<name>.service.d/50-hal0.conf}) that tell systemd what a slot
 * runs. Safe for use by many threads; calls for one slot come one at a time. systemd must be
 * reloaded after a change.
 */
public interface UnitFiles {
  /**
   * Makes the drop-in say what the slot would run.
   *
   * @param modelId the model to load; empty for none
   * @return whether the text differs from what was there, so that systemd must be reloaded
   * @throws SlotException.UnknownModel if the command needs the model's path and it has none
   * @throws IOException if it could not be written; the old one is then still there
   */
  boolean write(SlotSpec spec, Optional<String> modelId) throws IOException, SlotException;

  /**
   * Looks whether {@link #write} could say what the slot would run, and changes nothing.
   *
   * @throws SlotException.UnknownModel if the command needs the model's path and it has none
   */
  void check(SlotSpec spec, Optional<String> modelId) throws SlotException;

  /**
   * Whether the drop-in on disk says something else than {@link #write} would write, for the model
   * that stands in it.
   */
  boolean differs(SlotSpec spec);

  /**
   * The model that the slot's drop-in was written for; empty when it has no drop-in or no model.
   */
  Optional<String> model(String slot);

  /**
   * Removes a slot's drop-in and its directory if nothing else is in it. None is no error.
   *
   * @return whether there was one
   */
  boolean remove(String slot) throws IOException;

  /** The slots that have a drop-in of ours. */
  Set<String> slots() throws IOException;
}
