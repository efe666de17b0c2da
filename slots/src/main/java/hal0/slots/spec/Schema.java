package hal0.slots.spec;

import hal0.slots.toml.TomlNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys that a kind of file may have, and the reading of a file by them. Immutable. */
final class Schema {
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();

  Schema(List<Key<?>> keys) {
    keys.forEach(key -> this.keys.put(key.dotted(), key));
  }

  /** What was read of a file. */
  static final class Values {
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    /** A key's value, or its fallback. Only for keys that have one. */
    <T> T get(Key<T> key) {
      return find(key)
          .or(key::fallback)
          .orElseThrow(() -> new IllegalStateException("no value for " + key.dotted()));
    }

    /** A key's value; empty when it is left out or wrong. */
    @SuppressWarnings("unchecked") // Only the key's own reading puts a value under its name.
    <T> Optional<T> find(Key<T> key) {
      return Optional.ofNullable((T) values.get(key.dotted()));
    }

    /** Whether the file has the key, rightly or wrongly. */
    boolean isGiven(Key<?> key) {
      return lines.containsKey(key.dotted());
    }

    /** Whether the file has a table of that name. */
    boolean hasTable(String dotted) {
      return lines.containsKey(dotted);
    }

    /** The line of a key or a table, 0 when it has none. */
    int line(String dotted) {
      return lines.getOrDefault(dotted, 0);
    }
  }

  /** Reads a whole file. */
  Values read(TomlNode.Table root, Problems problems) {
    return read("", root, problems);
  }

  /**
   * Reads a table of a file.
   *
   * @param place what stands before its keys in messages: "", or its dotted key and a dot
   */
  Values read(String place, TomlNode.Table table, Problems problems) {
    Values values = new Values();
    table(place, "", table, values, problems);
    return values;
  }

  private void table(
      String place, String prefix, TomlNode.Table table, Values values, Problems problems) {
    table.entries().forEach((name, node) -> entry(place, prefix, name, node, values, problems));
  }

  private void entry(
      String place, String prefix, String name, TomlNode node, Values values, Problems problems) {
    String dotted = prefix + (name.contains(".") ? Readings.shownKey(name) : name);
    Key<?> key = keys.get(dotted);
    if (key != null) {
      values.lines.put(dotted, node.line());
      key.reading()
          .read(place + dotted, node, problems)
          .ifPresent(value -> values.values.put(dotted, value));
    } else if (!isTable(dotted)) {
      problems.add(place + prefix + Readings.shownKey(name), node.line(), unknown(prefix, name));
    } else if (node instanceof TomlNode.Table inner) {
      values.lines.put(dotted, node.line());
      table(place, dotted + ".", inner, values, problems);
    } else {
      String whole = place + dotted;
      problems.add(
          whole,
          node.line(),
          "must be a table such as [" + whole + "], not " + Readings.kind(node));
    }
  }

  private boolean isTable(String dotted) {
    return keys.keySet().stream().anyMatch(key -> key.startsWith(dotted + "."));
  }

  private String unknown(String prefix, String name) {
    Set<String> siblings = new java.util.LinkedHashSet<>();
    for (String key : keys.keySet()) {
      if (key.startsWith(prefix)) {
        siblings.add(key.substring(prefix.length()).replaceFirst("\\..*", ""));
      }
    }
    Optional<String> near = Nearest.of(name, siblings);
    if (near.isPresent()) {
      return "unknown key; did you mean " + prefix + near.get() + "?";
    }
    return keys.keySet().stream()
        .filter(key -> key.equals(name) || key.endsWith("." + name))
        .findFirst()
        .map(key -> "unknown key here; did you mean " + key + "?")
        .orElse(
            siblings.isEmpty()
                ? "unknown key"
                : "unknown key; known here: " + String.join(", ", siblings));
  }
}
