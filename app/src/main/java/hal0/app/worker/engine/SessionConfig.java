package hal0.app.worker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.worker.Role;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a session is to serve.
 *
 * @param role one of the engine's own
 * @param model the model's id, for answers and messages
 * @param modelPath the model's file or directory, where there is one
 * @param options the table that the slot file, or {@code --options}, hands to the engine
 */
public record SessionConfig(Role role, String model, Optional<Path> modelPath, ObjectNode options) {
  /**
   * A whole number of the options.
   *
   * @throws IllegalArgumentException when it is none between the limits, which belong to it
   */
  public int number(String key, int otherwise, int least, int most) {
    JsonNode value = options.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.canConvertToExactIntegral() || value.asLong() < least || value.asLong() > most) {
      throw new IllegalArgumentException(
          "option " + key + " is a whole number from " + least + " to " + most + ", not " + value);
    }
    return value.asInt();
  }

  /**
   * A text of the options.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public String text(String key, String otherwise) {
    JsonNode value = options.path(key);
    if (!value.isMissingNode() && !value.isTextual()) {
      throw new IllegalArgumentException("option " + key + " is text, not " + value);
    }
    return value.asText(otherwise);
  }
}
