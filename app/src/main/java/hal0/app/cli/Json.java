package hal0.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * JSON as maps, lists, strings, numbers (Long or Double), booleans and nulls. A reader of its own,
 * because a command lives for a tenth of a second, and loading a library takes a third of that.
 */
final class Json {
  private Json() {}

  /** Reads one value; an IOException tells what is wrong. */
  static Object read(byte[] text) throws IOException {
    return new JsonReader(new String(text, StandardCharsets.UTF_8)).whole();
  }

  /** A text as a JSON string with its quotes. */
  static String quote(String text) {
    var quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        quoted
            .append("\\u")
            .append(Character.forDigit(c >> 12, 16))
            .append(Character.forDigit(c >> 8 & 15, 16));
        quoted.append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** The object, or an empty one for anything else. */
  static Map<?, ?> object(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  /** The list, or an empty one for anything else. */
  static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  /** An object's string; "" for anything else. */
  static String text(Map<?, ?> object, String key) {
    return object.get(key) instanceof String text ? text : "";
  }
}
