package hal0.app.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/**
 * A request for a chat completion, as it comes over the bus. Immutable.
 *
 * @param id its sender's name for it
 * @param model a slot or a model; empty for the only one there is
 * @param body what was asked, to be passed on
 */
record ChatRequest(String id, Optional<String> model, ObjectNode body) {
  /** What stands for a name that cannot be read. */
  static final String UNKNOWN = "unknown";

  private static final int LONGEST_ID = 256;
  private static final int LONGEST_MODEL = 4096;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .build();

  /** It cannot be understood, or asks for what there is not. */
  static final class Bad extends Exception {
    private static final long serialVersionUID = 1L;

    private final String id;
    private final String model;

    /**
     * @param id as far as it is known
     * @param model as far as it is known
     */
    Bad(String id, String model, String message) {
      super(message);
      this.id = id;
      this.model = model;
    }

    String id() {
      return id;
    }

    String model() {
      return model;
    }
  }

  /** Reads one. */
  static ChatRequest parse(byte[] bytes) throws Bad {
    JsonNode said = read(bytes);
    String id = id(said.path("request_id"));
    JsonNode model = said.path("model");
    String shown = model.isTextual() && !model.textValue().isEmpty() ? model.textValue() : UNKNOWN;
    String wrong = wrong(said, id, model);
    if (!wrong.isEmpty()) {
      throw new Bad(id, shown.length() > LONGEST_MODEL ? UNKNOWN : shown, wrong);
    }
    ObjectNode body = MAPPER.createObjectNode();
    body.set("messages", said.get("messages"));
    for (String key : new String[] {"max_tokens", "temperature"}) {
      if (said.path(key).isNumber()) {
        body.set(key, said.get(key));
      }
    }
    body.put("stream", false);
    return new ChatRequest(
        id, model.isTextual() ? Optional.of(shown).filter(m -> !m.equals(UNKNOWN)) : none(), body);
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  private static JsonNode read(byte[] bytes) throws Bad {
    if (bytes.length == 0) {
      throw new Bad(UNKNOWN, UNKNOWN, "it is empty, or too long");
    }
    try {
      JsonNode said = MAPPER.readTree(bytes);
      if (said == null || !said.isObject()) {
        throw new Bad(UNKNOWN, UNKNOWN, "it is not a JSON object");
      }
      return said;
    } catch (JsonProcessingException e) {
      throw new Bad(UNKNOWN, UNKNOWN, "it is not JSON");
    } catch (IOException e) {
      throw new Bad(UNKNOWN, UNKNOWN, "it cannot be read");
    }
  }

  private static String id(JsonNode id) {
    String text = id.isTextual() || id.isIntegralNumber() ? id.asText() : "";
    return text.isEmpty() || text.length() > LONGEST_ID ? UNKNOWN : text;
  }

  private static String wrong(JsonNode said, String id, JsonNode model) {
    JsonNode messages = said.path("messages");
    if (id.equals(UNKNOWN)) {
      return "request_id: must be a text of 1 to " + LONGEST_ID + " characters";
    }
    if (!isAbsent(model) && (!model.isTextual() || model.textValue().length() > LONGEST_MODEL)) {
      return "model: must be a text";
    }
    if (!messages.isArray() || messages.isEmpty()) {
      return "messages: must be a list with at least one message";
    }
    for (JsonNode message : messages) {
      if (!message.isObject() || !message.path("role").isTextual()) {
        return "messages: each must be an object with a role";
      }
    }
    JsonNode most = said.path("max_tokens");
    if (!isAbsent(most) && !(most.isIntegralNumber() && most.canConvertToInt())) {
      return "max_tokens: must be a whole number";
    }
    JsonNode temperature = said.path("temperature");
    return isAbsent(temperature) || temperature.isNumber() ? "" : "temperature: must be a number";
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
