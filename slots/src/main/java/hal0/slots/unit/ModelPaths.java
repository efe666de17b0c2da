package hal0.slots.unit;

import hal0.slots.spec.SlotSpec;
import java.util.Optional;

/** Where the files of models are. Safe for use by many threads. */
@FunctionalInterface
public interface ModelPaths {
  /**
   * The path of a model's file or directory.
   *
   * @param spec the slot that it is for: the path of its own {@code [model]} holds for its default
   *     model
   * @param modelId the model; empty for none
   * @return empty where none is written anywhere
   */
  Optional<String> path(SlotSpec spec, Optional<String> modelId);

  /** Knows only what stands in the slot's own file. */
  static ModelPaths ofSlotFiles() {
    return (spec, modelId) ->
        modelId.equals(spec.model().id()) ? spec.model().path() : Optional.empty();
  }
}
