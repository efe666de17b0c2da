package hal0.app.gateway.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /v1/chat/completions}, with or without images. */
final class Chat implements Shape {
  private static final String MOST = "max_tokens";
  private static final String MOST_NOW = "max_completion_tokens";

  @Override
  public ObjectNode question(ObjectNode request) throws Unfit {
    if (!request.path("messages").isArray() || request.path("messages").isEmpty()) {
      throw Unfit.badRequest("\"messages\" must be an array with at least one message");
    }
    if (request.path("n").asInt(1) != 1) {
      throw Unfit.badRequest("\"n\" must be 1: a worker gives one answer");
    }
    ObjectNode question = request.deepCopy();
    question.remove(List.of("model", "stream_options", "user", "n", MOST_NOW));
    if (request.path(MOST_NOW).isNumber()) {
      question.set(MOST, request.get(MOST_NOW));
    }
    question.put("stream", isStream(request));
    return question;
  }

  private static boolean isStream(ObjectNode request) throws Unfit {
    JsonNode stream = request.path("stream");
    if (!stream.isMissingNode() && !stream.isNull() && !stream.isBoolean()) {
      throw Unfit.badRequest("\"stream\" must be true or false");
    }
    return stream.asBoolean(false);
  }

  @Override
  public ObjectNode answer(ObjectNode request, ObjectNode result, Heading heading) {
    ObjectNode answer = head(heading, "chat.completion");
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("index", 0);
    choice.set("message", result.path("message"));
    choice.put("finish_reason", result.path("finish_reason").asText("stop"));
    answer.set("usage", result.path("usage"));
    return answer;
  }

  private static ObjectNode head(Heading heading, String object) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", "chatcmpl-" + heading.id())
        .put("object", object)
        .put("created", heading.created())
        .put("model", heading.model());
  }

  @Override
  public Optional<Parts> parts(ObjectNode request, Heading heading) throws Unfit {
    if (!isStream(request)) {
      return Optional.empty();
    }
    boolean counted = request.at("/stream_options/include_usage").asBoolean(false);
    return Optional.of(new Told(heading, counted));
  }

  private static final class Told implements Parts {
    private final Heading heading;
    private final boolean counted;
    private boolean begun;

    Told(Heading heading, boolean counted) {
      this.heading = heading;
      this.counted = counted;
    }

    @Override
    public ObjectNode chunk(ObjectNode chunk) {
      return part(chunk.path("delta").asText(""), null);
    }

    private ObjectNode part(String text, String finish) {
      ObjectNode part = head(heading, "chat.completion.chunk");
      ObjectNode choice = part.putArray("choices").addObject();
      choice.put("index", 0);
      ObjectNode delta = choice.putObject("delta");
      if (!begun) {
        delta.put("role", "assistant");
        begun = true;
      }
      if (finish == null) {
        delta.put("content", text);
      }
      choice.put("finish_reason", finish);
      return part;
    }

    @Override
    public List<ObjectNode> end(ObjectNode end) {
      List<ObjectNode> last = new ArrayList<>();
      last.add(part("", end.path("finish_reason").asText("stop")));
      if (counted) {
        ObjectNode usage = head(heading, "chat.completion.chunk");
        usage.putArray("choices");
        usage.set("usage", end.path("usage"));
        last.add(usage);
      }
      return last;
    }
  }
}
