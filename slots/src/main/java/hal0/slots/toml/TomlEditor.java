package hal0.slots.toml;

import hal0.slots.toml.TomlText.Kind;
import hal0.slots.toml.TomlText.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes a TOML text say something else and leaves alone what can stay: order, blanks and comments.
 * What comes out is read again; where it isn't what was wanted, the text is written anew.
 */
public final class TomlEditor {
  private final TomlText present;
  private final String text;
  private final String newline;
  private final List<Change> changes = new ArrayList<>();
  private final Map<List<String>, StringBuilder> newSections = new LinkedHashMap<>();
  private boolean possible = true;
  private boolean commentsKept = true;

  /**
   * An edited text.
   *
   * @param commentsKept whether every comment of the old text is in the new one, but those on the
   *     lines of removed keys
   */
  public record Edited(String text, boolean commentsKept) {}

  /** What stands from {@code start} to {@code end} becomes {@code with}. */
  private record Change(int start, int end, String with) {}

  private TomlEditor(TomlText present) {
    this.present = present;
    this.text = present.text();
    this.newline = text.contains("\r\n") ? "\r\n" : "\n";
  }

  /**
   * Edits a text.
   *
   * @param present a text without repeats
   * @param wanted plain values, without nulls
   */
  public static Edited edit(TomlText present, Map<String, Object> wanted) throws TomlException {
    TomlText ended =
        present.text().isEmpty() || present.text().endsWith("\n") ? present : ended(present);
    TomlEditor editor = new TomlEditor(ended);
    editor.table(List.of(), TomlNode.plainMap(ended.root()), wanted);
    if (editor.possible) {
      String edited = editor.applied();
      if (says(edited, wanted)) {
        return new Edited(edited, editor.commentsKept);
      }
    }
    return new Edited(TomlWriter.document(wanted, editor.newline), ended.comments().isEmpty());
  }

  private static TomlText ended(TomlText present) throws TomlException {
    return TomlText.parse(present.text() + (present.text().contains("\r\n") ? "\r\n" : "\n"));
  }

  private static boolean says(String edited, Map<String, Object> wanted) {
    try {
      TomlText read = TomlText.parse(edited);
      return read.repeats().isEmpty()
          && pruned(TomlNode.plainMap(read.root())).equals(pruned(wanted));
    } catch (TomlException e) {
      return false;
    }
  }

  /** Without empty tables: whether one is there makes no difference to anybody. */
  private static Map<String, Object> pruned(Map<?, ?> table) {
    Map<String, Object> pruned = new LinkedHashMap<>();
    table.forEach(
        (key, value) -> {
          Object kept = value instanceof Map<?, ?> inner ? pruned(inner) : value;
          if (!(kept instanceof Map<?, ?> inner) || !inner.isEmpty()) {
            pruned.put((String) key, kept);
          }
        });
    return pruned;
  }

  // ---- what differs

  private void table(List<String> path, Map<?, ?> there, Map<?, ?> wanted) {
    for (Object key : there.keySet()) {
      if (!wanted.containsKey(key)) {
        remove(with(path, key));
      }
    }
    wanted.forEach(
        (key, value) -> {
          List<String> inner = with(path, key);
          Object old = there.get(key);
          if (old == null) {
            add(inner, value);
          } else if (!old.equals(value)) {
            replace(inner, old, value);
          }
        });
  }

  private static List<String> with(List<String> path, Object key) {
    List<String> longer = new ArrayList<>(path);
    longer.add((String) key);
    return List.copyOf(longer);
  }

  private void replace(List<String> path, Object old, Object value) {
    Statement pair = pair(path);
    if (pair != null) {
      commentsKept &=
          present.comments().stream().noneMatch(at -> at > pair.valueStart() && at < pair.end());
      changes.add(new Change(pair.valueStart(), pair.end(), TomlWriter.value(value)));
    } else if (old instanceof Map<?, ?> there && value instanceof Map<?, ?> wanted) {
      table(path, there, wanted);
    } else {
      possible = false;
    }
  }

  private Statement pair(List<String> path) {
    for (Statement statement : present.statements()) {
      if (statement.kind() == Kind.PAIR && statement.path().equals(path)) {
        return statement;
      }
    }
    return null;
  }

  private void remove(List<String> path) {
    boolean found = false;
    for (Statement statement : present.statements()) {
      if (isBelow(statement.path(), path)) {
        found = true;
        changes.add(new Change(lineStart(statement.start()), lineEnd(statement.end()), ""));
      }
    }
    possible &= found;
  }

  private static boolean isBelow(List<String> path, List<String> ancestor) {
    return path.size() >= ancestor.size() && path.subList(0, ancestor.size()).equals(ancestor);
  }

  private void add(List<String> path, Object value) {
    List<String> parent = path.subList(0, path.size() - 1);
    if (parent.isEmpty() && value instanceof Map<?, ?> table) {
      if (!table.isEmpty()) {
        newSections.put(path, new StringBuilder(TomlWriter.section(path, table, newline)));
      }
      return;
    }
    Statement before = lastOf(parent);
    if (before != null) {
      List<String> key = path.subList(before.section(), path.size());
      int at = lineEnd(before.end());
      changes.add(new Change(at, at, indent(before) + TomlWriter.pair(key, value) + newline));
    } else if (parent.isEmpty()) {
      changes.add(new Change(0, 0, TomlWriter.pair(path, value) + newline));
    } else {
      newSections
          .computeIfAbsent(
              List.copyOf(parent),
              section -> new StringBuilder(TomlWriter.section(section, Map.of(), newline)))
          .append(TomlWriter.pair(List.of(path.getLast()), value))
          .append(newline);
    }
  }

  /**
   * The statement behind which a key of a table belongs: the last of its section, or else the last
   * dotted one of it.
   */
  private Statement lastOf(List<String> table) {
    Statement last = null;
    Statement lastDotted = null;
    for (Statement statement : present.statements()) {
      if (statement.kind() == Kind.HEADER && statement.path().equals(table)) {
        last = statement;
      } else if (statement.kind() == Kind.PAIR && isBelow(statement.path(), table)) {
        if (statement.section() == table.size()) {
          last = statement;
        } else if (statement.section() < table.size()) {
          lastDotted = statement;
        }
      }
    }
    return last != null ? last : lastDotted;
  }

  // ---- places in the text

  private int lineStart(int offset) {
    return text.lastIndexOf('\n', offset - 1) + 1;
  }

  private int lineEnd(int offset) {
    int end = text.indexOf('\n', offset);
    return end < 0 ? text.length() : end + 1;
  }

  private String indent(Statement statement) {
    return text.substring(lineStart(statement.start()), statement.start());
  }

  private String applied() {
    List<Change> ordered = new ArrayList<>(changes);
    ordered.sort(Comparator.comparingInt(Change::start).thenComparingInt(Change::end));
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (Change change : ordered) {
      out.append(text, at, Math.max(at, change.start())).append(change.with());
      at = Math.max(at, change.end());
    }
    out.append(text, at, text.length());
    for (StringBuilder section : newSections.values()) {
      out.append(out.isEmpty() ? "" : newline).append(Objects.requireNonNull(section));
    }
    return out.toString();
  }
}
