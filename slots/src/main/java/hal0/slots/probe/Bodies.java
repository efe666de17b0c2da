package hal0.slots.probe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the bodies of upstreams, which may hold anything. */
final class Bodies {
  private static final int DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxStringLength(LoopbackClient.BODY_LIMIT)
                          .maxNameLength(1000)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Bodies() {}

  /** The body as one JSON value; empty when it is none, or nests too deep. */
  static Optional<JsonNode> json(byte[] body) {
    try {
      JsonNode node = MAPPER.readTree(body);
      return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Whether the body begins like a JSON object or array, readable or not. */
  static boolean seemsJson(byte[] body) {
    for (byte b : body) {
      if (b == '{' || b == '[') {
        return true;
      }
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return false;
  }

  /**
   * What a server says of its own trouble, in the shapes that servers use; empty when it says
   * nothing readable.
   */
  static String complaint(byte[] body) {
    Optional<JsonNode> json = json(body);
    if (json.isPresent()) {
      JsonNode root = json.get();
      for (JsonNode said :
          new JsonNode[] {
            root.path("error").path("message"),
            root.path("error"),
            root.path("message"),
            root.path("detail"),
            root.path("reason"),
            root.path("status")
          }) {
        if (said.isTextual() && !said.textValue().isBlank()) {
          return Details.brief(said.textValue());
        }
      }
      return "";
    }
    String text = new String(body, 0, Math.min(body.length, 400), StandardCharsets.UTF_8);
    return text.stripLeading().startsWith("<") || seemsJson(body) ? "" : Details.brief(text);
  }

  /** Where chats are completed, beside the list of models. */
  static String chatPath(String modelsPath) {
    String end = "/models";
    String root =
        modelsPath.endsWith(end)
            ? modelsPath.substring(0, modelsPath.length() - end.length())
            : "/v1";
    return root + "/chat/completions";
  }

  /** A request for the shortest chat there is, of the server's present model if none is named. */
  static String chat(String model) {
    ObjectNode chat = MAPPER.createObjectNode().put("max_tokens", 1).put("stream", false);
    if (!model.isEmpty()) {
      chat.put("model", model);
    }
    chat.putArray("messages").addObject().put("role", "user").put("content", "Hi");
    return chat.toString();
  }
}
