package hal0.app.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.worker.engine.Request;
import hal0.slots.worker.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Requests' frames, checked. Whatever is wrong is an IllegalArgumentException that names it. */
final class Requests {
  private Requests() {}

  static Request read(Role role, ObjectNode json) {
    return switch (role) {
      case EMBED -> new Request.Embed(texts(json, "input"), json);
      case RERANK ->
          new Request.Rerank(
              text(json, "query"), texts(json, "documents"), atLeastOne(json, "top_n"), json);
      case CHAT, VISION ->
          new Request.Chat(
              messages(json, role == Role.VISION),
              atLeastOne(json, "max_tokens"),
              temperature(json),
              json);
    };
  }

  /** Whether the answer is to come in parts. */
  static boolean wantsStream(ObjectNode json) {
    JsonNode stream = json.path("stream");
    require(stream.isBoolean() || isAbsent(stream), "\"stream\" is true or false");
    return stream.asBoolean(false);
  }

  private static List<Request.Message> messages(ObjectNode json, boolean images) {
    List<Request.Message> messages = new ArrayList<>();
    for (JsonNode one : array(json, "messages")) {
      require(one.isObject(), "each of \"messages\" is an object");
      messages.add(message((ObjectNode) one, images));
    }
    return List.copyOf(messages);
  }

  private static Request.Message message(ObjectNode json, boolean images) {
    String role = text(json, "role");
    JsonNode content = json.path("content");
    if (content.isTextual() || isAbsent(content)) {
      return new Request.Message(role, content.asText(""), List.of());
    }
    require(content.isArray(), "\"content\" is text or an array of parts");
    List<String> texts = new ArrayList<>();
    List<String> urls = new ArrayList<>();
    for (JsonNode part : content) {
      String type = part.path("type").asText("");
      JsonNode url = part.path("image_url").path("url");
      switch (type) {
        case "text" -> texts.add(text(part, "text"));
        case "image_url" -> {
          require(images, "this worker's role is chat: it takes no images");
          require(url.isTextual(), "an image part needs \"image_url\": {\"url\": …}");
          urls.add(url.textValue());
        }
        default -> throw new IllegalArgumentException("a part's \"type\" is text or image_url");
      }
    }
    return new Request.Message(role, String.join("\n", texts), List.copyOf(urls));
  }

  private static List<String> texts(ObjectNode json, String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode one : array(json, key)) {
      require(one.isTextual(), "each of \"" + key + "\" is text");
      texts.add(one.textValue());
    }
    return List.copyOf(texts);
  }

  private static JsonNode array(ObjectNode json, String key) {
    JsonNode array = json.path(key);
    require(array.isArray() && !array.isEmpty(), "\"" + key + "\" is an array, not an empty one");
    return array;
  }

  private static String text(JsonNode json, String key) {
    JsonNode text = json.path(key);
    require(text.isTextual(), "\"" + key + "\" is text");
    return text.textValue();
  }

  private static OptionalInt atLeastOne(ObjectNode json, String key) {
    JsonNode number = json.path(key);
    if (isAbsent(number)) {
      return OptionalInt.empty();
    }
    require(
        number.isIntegralNumber() && number.canConvertToInt() && number.intValue() >= 1,
        "\"" + key + "\" is a whole number, at least 1");
    return OptionalInt.of(number.intValue());
  }

  private static OptionalDouble temperature(ObjectNode json) {
    JsonNode number = json.path("temperature");
    if (isAbsent(number)) {
      return OptionalDouble.empty();
    }
    require(number.isNumber() && number.doubleValue() >= 0, "\"temperature\" is a number from 0");
    return OptionalDouble.of(number.doubleValue());
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static void require(boolean held, String rule) {
    if (!held) {
      throw new IllegalArgumentException(rule);
    }
  }
}
