package hal0.slots.toml;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes plain values (see {@link TomlNode#plain}) as TOML. */
public final class TomlWriter {
  private static final int SHOWN = 60;

  private TomlWriter() {}

  /**
   * A whole text: the values of the root first, then each table under its header; what lies deeper
   * is inline.
   */
  public static String document(Map<String, Object> root, String newline) {
    StringBuilder out = new StringBuilder();
    root.forEach(
        (key, value) -> {
          if (!(value instanceof Map)) {
            out.append(pair(List.of(key), value)).append(newline);
          }
        });
    root.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> table) {
            out.append(out.isEmpty() ? "" : newline).append(section(List.of(key), table, newline));
          }
        });
    return out.toString();
  }

  /** A table under its header. */
  static String section(List<String> path, Map<?, ?> table, String newline) {
    StringBuilder out = new StringBuilder("[" + key(path) + "]" + newline);
    table.forEach((key, value) -> out.append(pair(List.of((String) key), value)).append(newline));
    return out.toString();
  }

  /** An assignment, without the end of its line. */
  static String pair(List<String> path, Object value) {
    return key(path) + " = " + value(value);
  }

  /** A dotted key; parts that are no bare keys are quoted. */
  public static String key(List<String> path) {
    return path.stream().map(TomlWriter::keyPart).collect(Collectors.joining("."));
  }

  private static String keyPart(String part) {
    return !part.isEmpty() && part.chars().allMatch(TomlParser::isBare) ? part : quoted(part);
  }

  /** A value on one line. */
  public static String value(Object value) {
    return switch (value) {
      case String text -> quoted(text);
      case List<?> list ->
          list.stream().map(TomlWriter::value).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> table when table.isEmpty() -> "{}";
      case Map<?, ?> table ->
          table.entrySet().stream()
              .map(entry -> pair(List.of((String) entry.getKey()), entry.getValue()))
              .collect(Collectors.joining(", ", "{ ", " }"));
      default -> value.toString();
    };
  }

  /** Text between double quotes. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default ->
            out.append(c < 0x20 || c == 0x7f ? "\\u%04X".formatted((int) c) : String.valueOf(c));
      }
    }
    return out.append('"').toString();
  }

  /** Text for a message: quoted, and cut where it is long. */
  public static String shortened(String text) {
    if (text.codePointCount(0, text.length()) <= SHOWN) {
      return quoted(text);
    }
    return quoted(text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…");
  }
}
