package hal0.slots.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/**
 * One message: a JSON object with a {@code kind}, and in most kinds an {@code id}, the number that
 * a client gave its request and that every answer to it repeats.
 *
 * @param json the whole object; not to be changed once the frame is made
 */
public record Frame(ObjectNode json) {
  /** Kinds that belong to no role. */
  public static final String PING = "ping";

  /** The answer to {@link #PING}; see {@link Pong}. */
  public static final String PONG = "pong";

  /** Asks a worker to end. */
  public static final String SHUTDOWN = "shutdown";

  /** The answer to {@link #SHUTDOWN}. */
  public static final String ACK = "ack";

  /** A whole answer. */
  public static final String RESULT = "result";

  /** Why there is no answer, or no more of it. */
  public static final String ERROR = "error";

  /** A part of a streamed answer. */
  public static final String STREAM_CHUNK = "stream_chunk";

  /** The end of a streamed answer that is whole. */
  public static final String STREAM_END = "stream_end";

  private static final String KIND_KEY = "kind";
  private static final String ID_KEY = "id";

  /**
   * @throws IllegalArgumentException when there is no kind
   */
  public Frame {
    if (!json.path(KIND_KEY).isTextual()) {
      throw new IllegalArgumentException("a frame needs a \"kind\" that is text");
    }
  }

  /** A frame without content. */
  public static Frame of(String kind) {
    return new Frame(JsonNodeFactory.instance.objectNode().put(KIND_KEY, kind));
  }

  /** A frame of that kind with a number. */
  public static Frame of(String kind, long id) {
    return new Frame(JsonNodeFactory.instance.objectNode().put(KIND_KEY, kind).put(ID_KEY, id));
  }

  /** The content with kind and number put before it; {@code content} itself is not changed. */
  public static Frame of(String kind, long id, ObjectNode content) {
    Frame frame = of(kind, id);
    content
        .properties()
        .forEach(
            one -> {
              if (!one.getKey().equals(KIND_KEY) && !one.getKey().equals(ID_KEY)) {
                frame.json.set(one.getKey(), one.getValue());
              }
            });
    return frame;
  }

  /** Why a request was refused or failed, as content of an {@link #ERROR}. */
  public static ObjectNode error(String type, String message, String trace) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.putObject(ERROR).put("type", type).put("message", message).put("trace", trace);
    return content;
  }

  /** Never empty of meaning, but possibly one that nobody knows. */
  public String kind() {
    return json.path(KIND_KEY).textValue();
  }

  /** Empty where there is none or it isn't a whole number of 64 bits. */
  public OptionalLong id() {
    JsonNode id = json.path(ID_KEY);
    return id.isIntegralNumber() && id.canConvertToLong()
        ? OptionalLong.of(id.longValue())
        : OptionalLong.empty();
  }

  /** Whether it is of that kind. */
  public boolean is(String kind) {
    return kind().equals(kind);
  }
}
