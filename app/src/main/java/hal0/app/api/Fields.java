package hal0.app.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes the few keys of a verb's body, and names every one that is wrong. */
final class Fields {
  private Fields() {}

  /**
   * The body, with no other keys than these.
   *
   * @throws ProblemException 400 naming every other key
   */
  static Map<String, Object> only(Map<String, Object> body, Set<String> known) {
    List<String> strangers = new ArrayList<>(body.keySet());
    strangers.removeAll(known);
    if (strangers.isEmpty()) {
      return body;
    }
    String may =
        known.isEmpty() ? "this call takes none" : "this call takes " + String.join(", ", known);
    List<Map<String, Object>> problems =
        strangers.stream()
            .limit(100)
            .map(key -> Problem.wrong(shown(key), "unknown key; " + may))
            .toList();
    String names = String.join(", ", strangers.stream().limit(10).map(Fields::shown).toList());
    throw new ProblemException(
        Problem.of(
            Code.SLOT_CONFIG_ERROR,
            "unknown key " + names + "; " + may,
            Map.of("problems", problems)));
  }

  private static String shown(String key) {
    return key.length() > 100 ? key.substring(0, 100) + "…" : key;
  }

  /**
   * A key that is text; empty where it is left out or null.
   *
   * @throws ProblemException 400 if it is something else, too long, or has control characters
   */
  static Optional<String> text(Map<String, Object> body, String key, int longest) {
    Object value = body.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw Problem.wrongKey(key, "must be text, such as \"qwen3-4b\"");
    }
    if (text.length() > longest) {
      throw Problem.wrongKey(key, "must not be longer than " + longest + " characters");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw Problem.wrongKey(key, "must not have control characters");
    }
    return Optional.of(text);
  }

  /**
   * A key that is true or false; false where it is left out or null.
   *
   * @throws ProblemException 400 if it is something else
   */
  static boolean truth(Map<String, Object> body, String key) {
    Object value = body.get(key);
    if (value == null) {
      return false;
    }
    if (!(value instanceof Boolean truth)) {
      throw Problem.wrongKey(key, "must be true or false");
    }
    return truth;
  }
}
