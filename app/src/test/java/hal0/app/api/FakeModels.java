package hal0.app.api;

import hal0.slots.pull.PullException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Two models: one that is there and in use, one whose source is bad. */
final class FakeModels implements ModelPort {
  private static final String SUM =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  private final Map<String, Model> models = new TreeMap<>();

  FakeModels() {
    models.put("qwen3-4b", model("qwen3-4b", true, List.of("embed")));
    models.put("lost", model("lost", false, List.of()));
  }

  private static Model model(String id, boolean present, List<String> slots) {
    return new Model(
        id,
        Optional.of("/var/lib/hal0/models/" + id + ".gguf"),
        Optional.of("https://example.org/" + id + ".gguf"),
        Optional.of(SUM),
        present,
        present ? OptionalLong.of(2_500_000_000L) : OptionalLong.empty(),
        Optional.empty(),
        slots,
        Optional.empty());
  }

  @Override
  public List<Model> models() {
    return List.copyOf(models.values());
  }

  private Model present(String id) {
    return model(id).orElseThrow(() -> ModelRoutes.notFound(id));
  }

  @Override
  public CompletableFuture<Void> pull(String id) {
    return present(id).present()
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(
            new PullException(
                id
                    + " could not be fetched from https://example.org/lost.gguf: the server"
                    + " answered 404 (there is no such file)",
                Map.of("http_status", 404)));
  }

  @Override
  public Verified verify(String id) {
    present(id);
    return new Verified(SUM, Optional.of(true));
  }

  @Override
  public void remove(String id) {
    if (!present(id).slots().isEmpty()) {
      throw Problem.of(
              Code.MODEL_IN_USE, "the model " + id + " is used by embed", Map.of("model", id))
          .exception();
    }
    models.remove(id);
  }
}
