package hal0.slots.definition;

import hal0.slots.toml.TomlNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plain trees of values, as TOML and JSON have them. */
final class Trees {
  private Trees() {}

  /**
   * Puts one tree over another: tables are merged key by key, everything else is replaced, and null
   * removes. Neither is changed.
   */
  static Map<String, Object> merged(Map<String, Object> under, Map<String, ?> over) {
    return merged(under, over, 0);
  }

  private static Map<String, Object> merged(Map<?, ?> under, Map<?, ?> over, int depth) {
    Map<String, Object> merged = new LinkedHashMap<>();
    under.forEach((key, value) -> merged.put((String) key, value));
    over.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          if (value == null) {
            merged.remove(name);
          } else if (value instanceof Map<?, ?> table && depth < TomlNode.MAX_DEPTH) {
            Map<?, ?> old = merged.get(name) instanceof Map<?, ?> there ? there : Map.of();
            merged.put(name, merged(old, table, depth + 1));
          } else {
            merged.put(name, value);
          }
        });
    return merged;
  }

  /** Whether JSON can say it: no dates, no numbers that are none. */
  static boolean isJson(Object value) {
    return switch (value) {
      case TomlNode.Odd _ -> false;
      case Map<?, ?> table -> table.values().stream().allMatch(Trees::isJson);
      case List<?> list -> list.stream().allMatch(Trees::isJson);
      default -> true;
    };
  }
}
