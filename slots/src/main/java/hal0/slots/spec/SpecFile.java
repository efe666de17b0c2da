package hal0.slots.spec;

import hal0.slots.toml.TomlException;
import hal0.slots.toml.TomlFile;
import hal0.slots.toml.TomlNode;
import hal0.slots.toml.TomlText;
import hal0.slots.toml.TomlWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads slot files, as TOML or as the JSON tree of one: the same keys, one checker. Never throws
 * for what it reads.
 */
public final class SpecFile {
  /** What a name must look like, for messages. */
  public static final String NAME_RULE =
      "1 to 32 of a-z, 0-9, _ and -, a letter or digit first, and neither \"stream\" nor"
          + " \"events\"";

  private SpecFile() {}

  /**
   * A file as it was read.
   *
   * @param portLine the line of its port, 0 when it has none
   */
  record Placed(SlotFile file, int portLine) {}

  /**
   * A file as it was read, and the bytes that say so: the same bytes need not be understood again.
   */
  record Understood(byte[] bytes, Placed placed) {}

  /**
   * Reads a file from disk; its stem is the slot's name. What is no regular file is a problem, and
   * never blocks.
   */
  public static SlotFile read(Path file) {
    return readPlaced(file).file();
  }

  /** Reads the bytes of a file. */
  public static SlotFile parse(String name, byte[] toml) {
    return parsePlaced(name, toml).file();
  }

  /** Reads the text of a file, without a byte order mark. */
  public static SlotFile parse(String name, String toml) {
    try {
      return check(name, TomlText.parse(toml)).file();
    } catch (TomlException e) {
      return SlotFile.broken(name, List.of(problem(e)));
    }
  }

  /**
   * Checks a slot file that is given as JSON: an object as Jackson reads it into a Map. A null
   * stands for "left out".
   */
  public static SlotFile ofJson(String name, Map<String, ?> json) {
    return check(name, TomlNode.ofJson(json), new Problems()).file();
  }

  /** The stem of a slot file's name; empty for other files. */
  public static Optional<String> stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".toml") && !name.startsWith(".")
        ? Optional.of(name.substring(0, name.length() - ".toml".length()))
        : Optional.empty();
  }

  private static Placed readPlaced(Path file) {
    return read(file, null).placed();
  }

  /**
   * Reads a file that may have been read before.
   *
   * @param before what was read of it; null when it is new
   */
  static Understood read(Path file, Understood before) {
    String name = stem(file).orElse(String.valueOf(file.getFileName()));
    try {
      byte[] bytes = TomlFile.read(file);
      boolean same = before != null && Arrays.equals(bytes, before.bytes());
      return same ? before : new Understood(bytes, parsePlaced(name, bytes));
    } catch (IOException e) {
      SpecProblem problem = new SpecProblem("", 0, e.getMessage());
      return new Understood(null, new Placed(SlotFile.broken(name, List.of(problem)), 0));
    }
  }

  private static Placed parsePlaced(String name, byte[] toml) {
    if (toml.length > TomlFile.MAX_BYTES) {
      String message = "is larger than " + TomlFile.MAX_BYTES / 1024 + " KiB";
      return new Placed(SlotFile.broken(name, List.of(new SpecProblem("", 0, message))), 0);
    }
    try {
      return check(name, TomlText.parse(TomlFile.decode(toml)));
    } catch (TomlException e) {
      return new Placed(SlotFile.broken(name, List.of(problem(e))), 0);
    }
  }

  static SpecProblem problem(TomlException e) {
    return new SpecProblem("", e.line(), e.getMessage() + " (column " + e.column() + ")");
  }

  private static Placed check(String name, TomlText text) {
    Problems problems = new Problems();
    problems.addRepeats(text);
    return check(name, text.root(), problems);
  }

  private static Placed check(String name, TomlNode.Table root, Problems problems) {
    if (!SlotSpec.isName(name)) {
      problems.add(
          "name", 0, "no slot can be called " + TomlWriter.shortened(name) + ": " + NAME_RULE);
    }
    Schema.Values values = SpecKeys.ALL.read(root, problems);
    SpecRules.check(values, problems);
    int portLine = values.line(SpecKeys.PORT.dotted());
    return problems.isEmpty()
        ? new Placed(SlotFile.usable(SpecBuilder.build(name, values)), portLine)
        : new Placed(SlotFile.broken(name, problems.sorted()), portLine);
  }
}
