package hal0.app.gateway;

import hal0.app.api.Code;
import hal0.app.api.Problem;
import hal0.app.api.ProblemException;
import hal0.app.gateway.worker.Shapes;
import hal0.slots.SlotView;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.worker.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which slot a request is for. Pure. */
public final class Chooser {
  /** So many names are told where none fits. */
  private static final int TOLD = 50;

  private static final Comparator<SlotView> BEST_FIRST =
      Comparator.comparingInt(Chooser::rank).thenComparingInt(SlotView::inFlight);

  private Chooser() {}

  /**
   * The slot for a model: the one of that name, else the best of those that serve it, or would.
   *
   * @throws ProblemException 404 if there is none
   */
  public static SlotView forModel(List<SlotView> slots, String model) {
    Optional<SlotView> named = slots.stream().filter(slot -> slot.name().equals(model)).findFirst();
    return named
        .or(() -> slots.stream().filter(slot -> has(slot, model)).min(BEST_FIRST))
        .orElseThrow(() -> noRoute(slots, model));
  }

  private static boolean has(SlotView slot, String model) {
    return slot.modelId().equals(model)
        || slot.models().contains(model)
        || slot.modelId().isEmpty() && ofFile(slot).filter(model::equals).isPresent();
  }

  /** The model that its file names, which it would load. */
  private static Optional<String> ofFile(SlotView slot) {
    return slot.spec().map(SlotSpec::model).flatMap(SlotSpec.Model::id);
  }

  private static int rank(SlotView slot) {
    return slot.routable() ? 0 : slot.isOnItsWay() ? 1 : slot.isWakeable() ? 2 : 3;
  }

  /**
   * The slot for a request that names no model: the only routable one that serves the path.
   *
   * @param path the raw path from {@code /v1/} on
   * @throws ProblemException 400 if there is none, or more than one
   */
  public static SlotView forPath(List<SlotView> slots, String path, boolean isForm) {
    List<SlotView> fit =
        slots.stream().filter(SlotView::routable).filter(slot -> serves(slot, path)).toList();
    if (fit.size() == 1) {
      return fit.getFirst();
    }
    String which =
        fit.isEmpty()
            ? "no slot that is ready serves " + path
            : fit.size() + " slots serve " + path;
    String where = isForm ? "; name a \"model\", in a field before the file" : "; name a \"model\"";
    throw Problem.of(
            Code.DISPATCH_MODEL_REQUIRED, which + where, Map.of("available", available(slots)))
        .exception();
  }

  private static boolean serves(SlotView slot, String path) {
    Optional<Provider> provider = slot.spec().map(SlotSpec::provider);
    if (provider.isEmpty()) {
      return true;
    }
    String rest = path.substring("/v1/".length());
    return switch (provider.get()) {
      case KOKORO -> rest.startsWith("audio/speech");
      case WHISPER, MOONSHINE ->
          rest.startsWith("audio/transcriptions") || rest.startsWith("audio/translations");
      case COMFYUI -> rest.startsWith("images/");
      case LLAMA_SERVER, VLLM, FLM, OPENAI ->
          !rest.startsWith("audio/") && !rest.startsWith("images/");
      case GENERIC -> true;
      case WORKER ->
          slot.spec()
              .flatMap(SlotSpec::worker)
              .flatMap(worker -> Role.of(worker.role()))
              .filter(role -> Shapes.serves(role, path))
              .isPresent();
    };
  }

  private static ProblemException noRoute(List<SlotView> slots, String model) {
    List<String> names = available(slots);
    String there =
        names.isEmpty() ? "no slot is available" : "there is " + String.join(", ", names);
    return Problem.of(
            Code.DISPATCH_NO_ROUTE,
            "no slot has the model \"" + shown(model) + "\"; " + there,
            Map.of("model", shown(model), "available", names))
        .exception();
  }

  private static String shown(String model) {
    return model.length() > 200 ? model.substring(0, 200) + "…" : model;
  }

  private static List<String> available(List<SlotView> slots) {
    return slots.stream()
        .filter(SlotView::isAvailable)
        .flatMap(slot -> names(slot).stream())
        .distinct()
        .limit(TOLD)
        .toList();
  }

  /** What an available slot can be asked for: its models, or its own name where it has none. */
  static List<String> names(SlotView slot) {
    List<String> models =
        Stream.concat(Stream.of(slot.modelId()), slot.models().stream())
            .filter(model -> !model.isEmpty())
            .distinct()
            .toList();
    return models.isEmpty() ? List.of(ofFile(slot).orElse(slot.name())) : models;
  }
}
