package hal0.app.node;

import hal0.slots.SlotView;
import java.util.Optional;

/** Chooses the slot for a request. Safe for use by many threads. */
public interface SlotChooser {
  /**
   * Chooses.
   *
   * @param model as it was asked for: a slot's name or a model; empty for the only slot that serves
   *     chats
   * @throws NoRoute if there is none; the message is for people, one line
   */
  SlotView choose(Optional<String> model) throws NoRoute;

  /** No slot is meant. */
  final class NoRoute extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what there is. */
    public NoRoute(String message) {
      super(message);
    }
  }
}
