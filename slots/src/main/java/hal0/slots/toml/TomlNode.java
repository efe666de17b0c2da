package hal0.slots.toml;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a TOML text, or of a JSON tree in its place. Not changed any more once it is handed
 * out.
 */
public sealed interface TomlNode {
  /** How deep tables and arrays may lie in each other. */
  int MAX_DEPTH = 64;

  /** The line that it begins on, from 1; 0 for a value that comes from JSON. */
  int line();

  /** Text. */
  record Text(String value, int line) implements TomlNode {}

  /** A whole number. */
  record Whole(long value, int line) implements TomlNode {}

  /** A number with a fraction, finite. */
  record Real(double value, int line) implements TomlNode {}

  /** True or false. */
  record Flag(boolean value, int line) implements TomlNode {}

  /**
   * What TOML or JSON can say and the other can't: a date, null, a number out of range.
   *
   * @param what for people: "a date", "null" …
   */
  record Odd(String what, int line) implements TomlNode {}

  /** Values in order. */
  record Array(List<TomlNode> items, int line) implements TomlNode {}

  /** Values by key, in the order of the text. */
  final class Table implements TomlNode {
    /** How a table came to be, which decides what may be added to it. */
    enum Origin {
      ROOT,
      HEADER,
      IMPLIED,
      DOTTED,
      INLINE
    }

    private final Map<String, TomlNode> entries = new LinkedHashMap<>();
    private final int line;
    private Origin origin;

    Table(Origin origin, int line) {
      this.origin = origin;
      this.line = line;
    }

    @Override
    public int line() {
      return line;
    }

    /** The values by key. */
    public Map<String, TomlNode> entries() {
      return Collections.unmodifiableMap(entries);
    }

    Origin origin() {
      return origin;
    }

    void define() {
      origin = Origin.HEADER;
    }

    void close() {
      origin = Origin.INLINE;
    }

    TomlNode get(String key) {
      return entries.get(key);
    }

    void put(String key, TomlNode value) {
      entries.put(key, value);
    }
  }

  /** As plain Java: Map, List, String, Long, Double, Boolean; an {@link Odd} without its line. */
  default Object plain() {
    return switch (this) {
      case Text text -> text.value();
      case Whole whole -> whole.value();
      case Real real -> real.value();
      case Flag flag -> flag.value();
      case Odd odd -> new Odd(odd.what(), 0);
      case Array array -> {
        List<Object> items = new ArrayList<>(array.items().size());
        array.items().forEach(item -> items.add(item.plain()));
        yield items;
      }
      case Table table -> plainMap(table);
    };
  }

  /** A table as a plain map; see {@link #plain}. */
  static Map<String, Object> plainMap(Table table) {
    Map<String, Object> map = new LinkedHashMap<>();
    table.entries().forEach((key, value) -> map.put(key, value.plain()));
    return map;
  }

  /** Takes a JSON object as Jackson reads it into a Map. Keys whose value is null are left out. */
  static Table ofJson(Map<String, ?> json) {
    return (Table) ofJson(json, 0);
  }

  private static TomlNode ofJson(Object json, int depth) {
    if (depth > MAX_DEPTH) {
      return new Odd("nested too deeply", 0);
    }
    return switch (json) {
      case null -> new Odd("null", 0);
      case String text -> new Text(text, 0);
      case Boolean flag -> new Flag(flag, 0);
      case Number number -> ofNumber(number);
      case Map<?, ?> map -> {
        Table table = new Table(Table.Origin.INLINE, 0);
        map.forEach(
            (key, value) -> {
              if (value != null) {
                table.put(String.valueOf(key), ofJson(value, depth + 1));
              }
            });
        yield table;
      }
      case List<?> list -> {
        List<TomlNode> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(ofJson(item, depth + 1)));
        yield new Array(Collections.unmodifiableList(items), 0);
      }
      case Odd odd -> odd;
      default -> new Odd("a " + json.getClass().getSimpleName(), 0);
    };
  }

  private static TomlNode ofNumber(Number number) {
    return switch (number) {
      case Byte b -> new Whole(b, 0);
      case Short s -> new Whole(s, 0);
      case Integer i -> new Whole(i, 0);
      case Long l -> new Whole(l, 0);
      case BigInteger big ->
          big.bitLength() < Long.SIZE
              ? new Whole(big.longValue(), 0)
              : new Odd("a number out of range", 0);
      default -> {
        double value = number.doubleValue();
        yield Double.isFinite(value) ? new Real(value, 0) : new Odd("a number out of range", 0);
      }
    };
  }
}
