package hal0.app.api;

import com.fasterxml.jackson.core.JsonGenerator;
import hal0.slots.pull.PullException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The files of models: seen, fetched, checked and removed. */
public final class ModelRoutes {
  private final ModelPort models;

  /** Routes to these models. */
  public ModelRoutes(ModelPort models) {
    this.models = models;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/api/models", this::list),
        Route.open("GET", "/api/models/{id}", this::one),
        Route.guarded("DELETE", "/api/models/{id}", this::remove),
        Route.guarded("POST", "/api/models/{id}/pull", this::pull),
        Route.guarded("POST", "/api/models/{id}/verify", this::verify));
  }

  private void list(Exchange exchange) throws IOException {
    List<ModelPort.Model> all = models.models();
    exchange.json(
        200,
        json -> {
          json.writeStartArray();
          for (ModelPort.Model model : all) {
            write(json, model);
          }
          json.writeEndArray();
        });
  }

  private void one(Exchange exchange) throws IOException {
    ModelPort.Model model = present(exchange.parameter("id"));
    exchange.json(200, json -> write(json, model));
  }

  private void pull(Exchange exchange) throws Exception {
    String id = exchange.parameter("id");
    Fields.only(exchange.body(), Set.of());
    boolean patient = exchange.isPatient();
    CompletableFuture<Void> done = models.pull(id);
    if (patient) {
      try {
        SlotRoutes.await(exchange, done);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof PullException why ? problem(why).exception() : e;
      }
    }
    ModelPort.Model model = present(id);
    exchange.json(patient ? 200 : 202, json -> write(json, model));
  }

  private static Problem problem(PullException why) {
    return Problem.of(Code.MODEL_PULL_FAILED, why.getMessage(), why.details());
  }

  private void verify(Exchange exchange) throws Exception {
    String id = exchange.parameter("id");
    Fields.only(exchange.body(), Set.of());
    ModelPort.Verified found = models.verify(id);
    ModelPort.Model model = present(id);
    exchange.json(
        200,
        json -> {
          json.writeStartObject();
          json.writeStringField("id", JsonOut.wellFormed(id));
          json.writeStringField("sha256", found.sha256());
          JsonOut.text(json, "sha256_wanted", model.sha256());
          JsonOut.any(json, "matches", found.matches());
          json.writeEndObject();
        });
  }

  private void remove(Exchange exchange) throws Exception {
    String id = exchange.parameter("id");
    models.remove(id);
    exchange.json(
        200, json -> JsonOut.any(json, new java.util.TreeMap<>(Map.of("id", id, "deleted", true))));
  }

  private ModelPort.Model present(String id) {
    return models.model(id).orElseThrow(() -> notFound(id));
  }

  /** 404 for a model. */
  public static ProblemException notFound(String id) {
    String shown = id.length() > 64 ? id.substring(0, 64) + "…" : id;
    return Problem.of(
            Code.MODEL_NOT_FOUND,
            "no model is called \"" + shown + "\" in models.toml or in a slot's file",
            Map.of("model", shown))
        .exception();
  }

  private static void write(JsonGenerator json, ModelPort.Model model) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", JsonOut.wellFormed(model.id()));
    JsonOut.text(json, "path", model.path());
    JsonOut.text(json, "source", model.source());
    JsonOut.text(json, "sha256", model.sha256());
    json.writeBooleanField("present", model.present());
    JsonOut.any(json, "bytes", boxed(model.bytes()));
    JsonOut.any(json, "verified", model.verified());
    JsonOut.any(json, "slots", model.slots());
    json.writeFieldName("pull");
    SlotJson.pull(json, model.pull());
    json.writeEndObject();
  }

  private static Optional<Long> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }
}
