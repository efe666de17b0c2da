package hal0.app.node;

import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Chooses by what was asked for: a slot's name, then its model, then a model that its upstream
 * advertises. Among several a routable one with the fewest requests, then one on its way, then one
 * that can be woken.
 */
public final class LocalChooser implements SlotChooser {
  private static final Comparator<SlotView> BEST =
      Comparator.<SlotView>comparingInt(LocalChooser::rank).thenComparingInt(SlotView::inFlight);

  private final SlotManager slots;

  /** Chooses among these. */
  public LocalChooser(SlotManager slots) {
    this.slots = slots;
  }

  @Override
  public SlotView choose(Optional<String> model) throws NoRoute {
    return model.isPresent() ? named(model.get()) : only();
  }

  private SlotView named(String model) throws NoRoute {
    Optional<SlotView> byName = slots.view(model);
    if (byName.isPresent()) {
      return byName.get();
    }
    List<SlotView> views = slots.views();
    return views.stream()
        .filter(view -> serves(view, model))
        .min(BEST)
        .orElseThrow(
            () ->
                new NoRoute(
                    "nothing here is called \""
                        + model
                        + "\"; there is: "
                        + views.stream().map(SlotView::name).collect(Collectors.joining(", "))));
  }

  private static boolean serves(SlotView view, String model) {
    return model.equals(view.modelId())
        || view.models().contains(model)
        || (!view.routable()
            && view.spec().flatMap(s -> s.model().id()).equals(Optional.of(model)));
  }

  private SlotView only() throws NoRoute {
    List<SlotView> chats =
        slots.views().stream().filter(view -> view.routable() && chats(view)).toList();
    if (chats.size() != 1) {
      throw new NoRoute("model: is needed, since " + chats.size() + " slots could answer");
    }
    return chats.getFirst();
  }

  private static boolean chats(SlotView view) {
    Optional<Provider> provider = view.spec().map(SlotSpec::provider);
    return provider.isPresent()
        && switch (provider.get()) {
          case LLAMA_SERVER, VLLM, FLM, OPENAI, GENERIC -> true;
          case KOKORO, MOONSHINE, WHISPER, COMFYUI, WORKER -> false;
        };
  }

  private static int rank(SlotView view) {
    return view.routable() ? 0 : view.isOnItsWay() ? 1 : view.isWakeable() ? 2 : 3;
  }
}
