package hal0.app.worker.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What a client asks for, checked by the runtime. */
public sealed interface Request {
  /** The request's frame as it came, for fields that are not among those here. */
  ObjectNode raw();

  /** Texts, at least one. */
  record Embed(List<String> input, ObjectNode raw) implements Request {}

  /**
   * A conversation, at least one message; to role vision too.
   *
   * @param maxTokens at least 1
   */
  record Chat(
      List<Message> messages, OptionalInt maxTokens, OptionalDouble temperature, ObjectNode raw)
      implements Request {}

  /**
   * Documents to be put in order.
   *
   * @param topN how many are wanted, at least 1
   */
  record Rerank(String query, List<String> documents, OptionalInt topN, ObjectNode raw)
      implements Request {}

  /**
   * What somebody said.
   *
   * @param role such as {@code user}
   * @param text all text parts, joined by line ends
   * @param images the URLs of its image parts, mostly {@code data:}; for role vision only
   */
  record Message(String role, String text, List<String> images) {}
}
