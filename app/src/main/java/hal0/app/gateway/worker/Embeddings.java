package hal0.app.gateway.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/**
 * {@code /v1/embeddings}. Vectors are given as numbers or, with {@code encoding_format: "base64"},
 * which OpenAI's own clients ask for, as little-endian 32-bit floats.
 */
final class Embeddings implements Shape {
  private static final String INPUT = "input";
  private static final String FORMAT = "encoding_format";

  @Override
  public ObjectNode question(ObjectNode request) throws Unfit {
    String format = request.path(FORMAT).asText("float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw Unfit.badRequest("\"encoding_format\" must be \"float\" or \"base64\"");
    }
    ObjectNode question = request.deepCopy();
    question.remove(java.util.List.of("model", FORMAT, "user"));
    JsonNode input = request.path(INPUT);
    if (input.isTextual()) {
      question.putArray(INPUT).add(input.textValue());
      return question;
    }
    if (!input.isArray() || input.isEmpty()) {
      throw Unfit.badRequest("\"input\" must be a text, or an array of texts");
    }
    for (JsonNode text : input) {
      if (!text.isTextual()) {
        throw Unfit.badRequest("\"input\" must hold texts: tokens are not understood");
      }
    }
    return question;
  }

  @Override
  public ObjectNode answer(ObjectNode request, ObjectNode result, Heading heading) {
    boolean packed = request.path(FORMAT).asText().equals("base64");
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("object", "list");
    ArrayNode data = answer.putArray("data");
    for (JsonNode vector : result.path("embeddings")) {
      ObjectNode one = data.addObject();
      one.put("object", "embedding").put("index", data.size() - 1);
      if (packed) {
        one.put("embedding", packed(vector));
      } else {
        one.set("embedding", vector);
      }
    }
    answer.put("model", heading.model());
    ObjectNode usage = answer.putObject("usage");
    usage.put("prompt_tokens", result.at("/usage/prompt_tokens").asLong());
    usage.put("total_tokens", result.at("/usage/total_tokens").asLong());
    return answer;
  }

  private static String packed(JsonNode vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.size() * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    vector.forEach(number -> bytes.putFloat((float) number.doubleValue()));
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
