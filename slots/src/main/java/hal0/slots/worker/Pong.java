package hal0.slots.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a worker is, in its own words.
 *
 * @param model the model's id
 * @param modelLoaded whether it is in memory; a lazy worker is ready without
 * @param inFlight requests that it has read and not yet answered
 * @param progress a line for people, such as "loading layer 3 of 24"; "" for none
 * @param loaded how much of the model is loaded, 0 to 1; empty where that isn't known
 * @param error why it failed; "" otherwise
 * @param sinceProgressMs milliseconds since the work under way last got on; 0 without work
 */
public record Pong(
    State state,
    String role,
    String model,
    boolean modelLoaded,
    int inFlight,
    String progress,
    OptionalDouble loaded,
    String error,
    long sinceProgressMs) {

  /** What can be expected of it. */
  public enum State {
    /** An eager load is under way: requests wait for it. */
    LOADING,
    /** Requests are answered. */
    READY,
    /** The model can't be loaded: each request is answered with that error. */
    FAILED;

    /** As it is written in a frame. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** As a frame that answers the ping with that number. */
  public Frame frame(long id) {
    Frame frame = Frame.of(Frame.PONG, id);
    ObjectNode json = frame.json();
    json.put("state", state.word())
        .put("role", role)
        .put("model", model)
        .put("model_loaded", modelLoaded)
        .put("in_flight", inFlight)
        .put("progress", progress)
        .put("since_progress_ms", sinceProgressMs);
    json.put("loaded", loaded.isPresent() ? (Double) loaded.getAsDouble() : null);
    json.put("error", error.isEmpty() ? null : error);
    return frame;
  }

  /** Read from a frame; empty where the frame is no pong or says no state that is known. */
  public static Optional<Pong> of(Frame frame) {
    JsonNode json = frame.json();
    if (!frame.is(Frame.PONG)) {
      return Optional.empty();
    }
    JsonNode loaded = json.path("loaded");
    return Arrays.stream(State.values())
        .filter(state -> state.word().equals(json.path("state").textValue()))
        .findFirst()
        .map(
            state ->
                new Pong(
                    state,
                    json.path("role").asText(""),
                    json.path("model").asText(""),
                    json.path("model_loaded").asBoolean(false),
                    json.path("in_flight").asInt(0),
                    json.path("progress").asText(""),
                    loaded.isNumber()
                        ? OptionalDouble.of(loaded.doubleValue())
                        : OptionalDouble.empty(),
                    json.path("error").asText(""),
                    json.path("since_progress_ms").asLong(0)));
  }
}
