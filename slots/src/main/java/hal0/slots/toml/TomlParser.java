package hal0.slots.toml;

import hal0.slots.toml.TomlNode.Table;
import hal0.slots.toml.TomlText.Kind;
import hal0.slots.toml.TomlText.Repeat;
import hal0.slots.toml.TomlText.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Reads one text. Stops at the first thing that is not TOML; a key given twice is noted, and
 * reading goes on.
 */
final class TomlParser {
  private final String text;
  private final TomlScanner scan;
  private final Table root = new Table(Table.Origin.ROOT, 1);
  private final List<Statement> statements = new ArrayList<>();
  private final List<Repeat> repeats = new ArrayList<>();

  /** The lists behind arrays that [[headers]] made: only those may grow. */
  private final Set<TomlNode.Array> growing = Collections.newSetFromMap(new IdentityHashMap<>());

  private Table section = root;
  private List<String> sectionPath = List.of();

  TomlParser(String text) {
    this.text = text;
    this.scan = new TomlScanner(text);
  }

  TomlText parse() throws TomlException {
    for (scan.skipLines(); scan.peek() != TomlScanner.END; scan.skipLines()) {
      if (scan.peek() == '[') {
        header();
      } else {
        pair();
      }
      scan.endLine();
    }
    return new TomlText(text, root, List.copyOf(statements), List.copyOf(repeats), scan.comments());
  }

  // ---- statements

  private void header() throws TomlException {
    int start = scan.at();
    int line = scan.line();
    boolean array = scan.startsWith("[[");
    scan.advance(array ? 2 : 1);
    List<String> path = key(0);
    if (!scan.take(']') || (array && !scan.take(']'))) {
      throw scan.wrong(
          "expected " + (array ? "]]" : "]") + " after the table's name, found " + scan.here());
    }
    section = array ? appended(path, line) : defined(path, line);
    sectionPath = path;
    statements.add(
        new Statement(
            array ? Kind.ARRAY_HEADER : Kind.HEADER,
            path,
            path.size(),
            start,
            start,
            scan.at(),
            line));
  }

  private void pair() throws TomlException {
    int start = scan.at();
    int line = scan.line();
    List<String> key = key(sectionPath.size());
    List<String> path = joined(sectionPath, key);
    equalsSign(key);
    int valueStart = scan.at();
    TomlNode value = value(path.size());
    statements.add(
        new Statement(Kind.PAIR, path, sectionPath.size(), start, valueStart, scan.at(), line));
    assign(section, sectionPath, key, value, line);
  }

  private void equalsSign(List<String> key) throws TomlException {
    if (!scan.take('=')) {
      throw scan.wrong("expected = after " + TomlWriter.key(key) + ", found " + scan.here());
    }
    scan.skipBlanks();
  }

  /** Reads a dotted key and the blanks around it. */
  private List<String> key(int depth) throws TomlException {
    int start = scan.at();
    List<String> parts = new ArrayList<>();
    do {
      scan.skipBlanks();
      parts.add(scan.peek() == '"' || scan.peek() == '\'' ? scan.oneLine() : bareKey());
      scan.skipBlanks();
    } while (scan.take('.'));
    refuseDepth(start, depth + parts.size());
    return List.copyOf(parts);
  }

  private String bareKey() throws TomlException {
    int start = scan.at();
    while (isBare(scan.peek())) {
      scan.advance(1);
    }
    if (scan.at() == start) {
      throw scan.wrong("expected a key, found " + scan.here());
    }
    return scan.since(start);
  }

  static boolean isBare(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private void refuseDepth(int start, int depth) throws TomlException {
    if (depth > TomlNode.MAX_DEPTH) {
      throw scan.wrong(start, "nested more than " + TomlNode.MAX_DEPTH + " deep");
    }
  }

  // ---- values

  private TomlNode value(int depth) throws TomlException {
    refuseDepth(scan.at(), depth);
    int line = scan.line();
    return switch (scan.peek()) {
      case '"', '\'' -> new TomlNode.Text(scan.string(), line);
      case '[' -> array(depth);
      case '{' -> inlineTable(depth);
      default -> word();
    };
  }

  private TomlNode word() throws TomlException {
    int start = scan.at();
    int line = scan.line();
    while (isWordPart(start)) {
      scan.advance(1);
    }
    if (scan.at() == start) {
      throw scan.wrong("expected a value, found " + scan.here());
    }
    String word = scan.since(start);
    return TomlWord.read(word, line)
        .orElseThrow(
            () ->
                scan.wrong(
                    start,
                    TomlWriter.shortened(word)
                        + " is neither a number nor true or false; text stands in quotes"));
  }

  private boolean isWordPart(int start) {
    int c = scan.peek();
    if (c == ' ') {
      // A date may be parted from its time by one blank.
      return scan.at() - start == 10
          && text.charAt(start + 4) == '-'
          && Character.digit(scan.peek(1), 10) >= 0;
    }
    return isBare(c) || c == '+' || c == '.' || c == ':';
  }

  private TomlNode array(int depth) throws TomlException {
    int start = scan.at();
    int line = scan.line();
    scan.advance(1);
    List<TomlNode> items = new ArrayList<>();
    scan.skipLines();
    while (!scan.take(']')) {
      if (scan.peek() != TomlScanner.END) {
        items.add(value(depth + 1));
        scan.skipLines();
      }
      if (scan.peek() == TomlScanner.END) {
        throw scan.wrong(start, "this list has no closing ]");
      }
      if (!scan.take(',') && scan.peek() != ']') {
        throw scan.wrong("expected , or ] in a list, found " + scan.here());
      }
      scan.skipLines();
    }
    return new TomlNode.Array(Collections.unmodifiableList(items), line);
  }

  private TomlNode inlineTable(int depth) throws TomlException {
    Table table = new Table(Table.Origin.INLINE, scan.line());
    scan.advance(1);
    scan.skipBlanks();
    if (scan.take('}')) {
      return table;
    }
    do {
      int line = scan.line();
      List<String> key = key(depth);
      equalsSign(key);
      TomlNode value = value(depth + key.size());
      assign(table, List.of(), key, value, line);
      scan.skipBlanks();
    } while (scan.take(','));
    if (!scan.take('}')) {
      throw scan.wrong("expected , or } on the same line in an inline table, found " + scan.here());
    }
    close(table);
    return table;
  }

  /** Nothing may be added to a table that an inline table's dotted key made. */
  private static void close(Table table) {
    for (TomlNode value : table.entries().values()) {
      if (value instanceof Table inner && inner.origin() == Table.Origin.DOTTED) {
        inner.close();
        close(inner);
      }
    }
  }

  // ---- where values go

  private void assign(
      Table base, List<String> basePath, List<String> key, TomlNode value, int line) {
    Table table = base;
    for (int i = 0; i < key.size() - 1; i++) {
      TomlNode next = table.get(key.get(i));
      if (next == null) {
        next = new Table(Table.Origin.DOTTED, line);
        table.put(key.get(i), next);
      }
      if (!(next instanceof Table inner) || inner.origin() != Table.Origin.DOTTED) {
        repeats.add(new Repeat(joined(basePath, key.subList(0, i + 1)), line, next.line()));
        return;
      }
      table = inner;
    }
    TomlNode first = table.get(key.getLast());
    if (first == null) {
      table.put(key.getLast(), value);
    } else {
      repeats.add(new Repeat(joined(basePath, key), line, first.line()));
    }
  }

  private Table defined(List<String> path, int line) {
    Table parent = parentOf(path, line);
    TomlNode there = parent.get(path.getLast());
    if (there == null) {
      Table table = new Table(Table.Origin.HEADER, line);
      parent.put(path.getLast(), table);
      return table;
    }
    if (there instanceof Table table && table.origin() == Table.Origin.IMPLIED) {
      table.define();
      return table;
    }
    repeats.add(new Repeat(path, line, there.line()));
    return there instanceof Table table && table.origin() != Table.Origin.INLINE
        ? table
        : detached(line);
  }

  private Table appended(List<String> path, int line) {
    Table parent = parentOf(path, line);
    TomlNode there = parent.get(path.getLast());
    if (there == null) {
      TomlNode.Array array = new TomlNode.Array(new ArrayList<>(), line);
      growing.add(array);
      parent.put(path.getLast(), array);
      there = array;
    }
    Table table = new Table(Table.Origin.HEADER, line);
    if (there instanceof TomlNode.Array array && growing.contains(array)) {
      array.items().add(table);
    } else {
      repeats.add(new Repeat(path, line, there.line()));
    }
    return table;
  }

  private Table parentOf(List<String> path, int line) {
    Table table = root;
    for (int i = 0; i < path.size() - 1; i++) {
      TomlNode next = table.get(path.get(i));
      if (next == null) {
        next = new Table(Table.Origin.IMPLIED, line);
        table.put(path.get(i), next);
      }
      if (next instanceof TomlNode.Array array && growing.contains(array)) {
        next = array.items().getLast();
      }
      if (!(next instanceof Table inner) || inner.origin() == Table.Origin.INLINE) {
        repeats.add(new Repeat(List.copyOf(path.subList(0, i + 1)), line, next.line()));
        return detached(line);
      }
      table = inner;
    }
    return table;
  }

  /** A table that belongs to nothing: what follows a header that can't be. */
  private static Table detached(int line) {
    return new Table(Table.Origin.HEADER, line);
  }

  private static List<String> joined(List<String> front, List<String> back) {
    List<String> whole = new ArrayList<>(front);
    whole.addAll(back);
    return List.copyOf(whole);
  }
}
