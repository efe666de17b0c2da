package hal0.app.node;

import hal0.app.api.ProblemException;
import hal0.app.gateway.Chooser;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import java.util.Optional;

/** Chooses as the gateway does for a chat. */
public final class LocalChooser implements SlotChooser {
  private static final String CHATS = "/v1/chat/completions";

  private final SlotManager slots;

  /** Chooses among these. */
  public LocalChooser(SlotManager slots) {
    this.slots = slots;
  }

  @Override
  public SlotView choose(Optional<String> model) throws NoRoute {
    try {
      return model.isPresent()
          ? Chooser.forModel(slots.views(), model.get())
          : Chooser.forPath(slots.views(), CHATS, false);
    } catch (ProblemException e) {
      throw new NoRoute(e.getMessage());
    }
  }
}
