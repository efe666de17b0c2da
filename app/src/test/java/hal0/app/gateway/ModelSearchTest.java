package hal0.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A model is found in bodies however they are cut into parts. */
class ModelSearchTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static String json(String body, int part) {
    ModelKey key = new ModelKey();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    ModelKey.Outcome outcome = ModelKey.Outcome.OPEN;
    for (int i = 0; i < bytes.length && outcome == ModelKey.Outcome.OPEN; i += part) {
      outcome = key.feed(java.util.Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + part)));
    }
    return outcome == ModelKey.Outcome.FOUND ? key.model() : outcome.name();
  }

  @Test
  void jsonKeys() {
    Map<String, String> bodies =
        Map.ofEntries(
            Map.entry("{\"model\":\"a\"}", "a"),
            Map.entry(" {\n\"x\" : [ {\"model\":\"no\"} ] , \"model\" : \"a\\\"\\u00e9\" ", "a\"é"),
            Map.entry("{\"m\\u006fdel\":\"a\"", "a"),
            Map.entry("{\"x\":\"\\\"model\\\":\\\"no\\\"\",\"model\":\"a\"}", "a"),
            Map.entry("{\"x\":\"model\",\"y\":{\"model\":1},\"model\":\"a\"}", "a"),
            Map.entry("{\"x\":\"\\\\\",\"model\":\"a\"}", "a"),
            Map.entry("{\"model\":null,\"x\":1}", "NONE"),
            Map.entry("{\"model\":7}", "NOT_TEXT"),
            Map.entry("{\"model\":{\"a\":1}}", "NOT_TEXT"),
            Map.entry("{\"model\":\"" + "x".repeat(5000) + "\"}", "NOT_TEXT"),
            Map.entry("{\"x\":\"model\"}", "NONE"),
            Map.entry("{}", "NONE"),
            Map.entry("[\"model\",\"a\"]", "NONE"),
            Map.entry("\"model\"", "NONE"),
            Map.entry("{\"x\":[1,2", "OPEN"),
            Map.entry("", "OPEN"));
    for (int part : new int[] {1, 2, 3, 7, 10_000}) {
      bodies.forEach(
          (body, model) -> assertThat(json(body, part)).as(body + " by " + part).isEqualTo(model));
    }
  }

  /** Whatever else is in an object: what Jackson finds is found. */
  @Test
  void jsonKeysAmongRandomOnes() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      ObjectNode object = MAPPER.createObjectNode();
      int keys = random.nextInt(6);
      for (int k = 0; k < keys; k++) {
        object.set(text(random), value(random, 3));
      }
      String body = MAPPER.writeValueAsString(object);
      JsonNode model = object.path("model");
      String expected =
          model.isTextual()
              ? model.asText()
              : model.isMissingNode() || model.isNull() ? "NONE" : "NOT_TEXT";

      assertThat(json(body, 1 + random.nextInt(9))).as(body).isEqualTo(expected);
    }
  }

  private static String text(Random random) {
    String[] words = {"model", "mode", "\"model\"", "x\\", "{", "]", ",", ":", "", "é\n", "models"};
    return words[random.nextInt(words.length)];
  }

  private static JsonNode value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> MAPPER.getNodeFactory().textNode(text(random));
      case 1 -> MAPPER.getNodeFactory().numberNode(random.nextInt());
      case 2 -> MAPPER.getNodeFactory().booleanNode(true);
      case 3 -> MAPPER.nullNode();
      case 4 ->
          MAPPER.createArrayNode().add(value(random, depth - 1)).add(value(random, depth - 1));
      default ->
          MAPPER
              .createObjectNode()
              .<ObjectNode>set(text(random), value(random, depth - 1))
              .set("model", value(random, depth - 1));
    };
  }

  private static Optional<String> form(String body, int part) {
    FormModel form = new FormModel("b-b");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i += part) {
      form.feed(java.util.Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + part)));
    }
    return form.model();
  }

  private static String part(String name, String value) {
    return "--b-b\r\nContent-Disposition: form-data; " + name + "\r\n\r\n" + value + "\r\n";
  }

  @Test
  void formFields() {
    String model = part("name=\"model\"", "whisper-1");
    String file =
        "--b-b\r\nContent-Type: audio/wav\r\ncontent-disposition: form-data;"
            + " filename=\"name=model\"; name=\"file\"\r\n\r\n\r\n--b-\r\n\r\n"
            + "name=\"model\"\r\n\r\nno\r\n--b-\r\n";
    Map<String, String> bodies =
        Map.ofEntries(
            Map.entry(model + "--b-b--\r\n", "whisper-1"),
            Map.entry("preamble\r\n" + model + "--b-b--\r\n", "whisper-1"),
            Map.entry(file + model + "--b-b--", "whisper-1"),
            Map.entry(part("name=language", "en") + model + "--b-b", "whisper-1"),
            Map.entry(part("name=model", "a") + "--b-b", "a"),
            Map.entry(
                "--b-b  \r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--b-b--",
                "a"),
            Map.entry(part("name=\"models\"", "x") + "--b-b--", ""),
            Map.entry(file + "--b-b--\r\n" + model, ""),
            Map.entry("--b-b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nhalf", ""),
            Map.entry("", ""));
    for (int part : new int[] {1, 2, 5, 11, 10_000}) {
      bodies.forEach(
          (body, found) ->
              assertThat(form(body, part).orElse("")).as(body + " by " + part).isEqualTo(found));
    }
  }
}
