package hal0.slots.spec;

import hal0.slots.toml.TomlException;
import hal0.slots.toml.TomlFile;
import hal0.slots.toml.TomlNode;
import hal0.slots.toml.TomlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which files the ids of models stand for, as {@code models.toml} says. Immutable.
 *
 * @param entries what is known, by id; without the entries that are wrong
 * @param problems everything that is wrong with the file, by line
 */
public record Models(Map<String, Entry> entries, List<SpecProblem> problems) {
  private static final Key<String> PATH = Key.of("path", Readings.path());
  private static final Key<String> SOURCE = Key.of("source", SpecKeys.source());
  private static final Key<String> SHA256 = Key.of("sha256", SpecKeys.sha256());
  private static final Schema ENTRY = new Schema(List.of(PATH, SOURCE, SHA256));

  /** No models: what a missing file says. */
  public static final Models NONE = new Models(Map.of(), List.of());

  /**
   * One model.
   *
   * @param path its file or directory
   * @param source where it can be fetched from
   * @param sha256 of the fetched file, 64 hexadecimal digits in lower case
   */
  public record Entry(Optional<String> path, Optional<String> source, Optional<String> sha256) {
    /** A model of which nothing is known. */
    public static final Entry UNKNOWN =
        new Entry(Optional.empty(), Optional.empty(), Optional.empty());

    private Entry or(Entry other) {
      return new Entry(path.or(other::path), source.or(other::source), sha256.or(other::sha256));
    }
  }

  /**
   * Reads the file. None is no problem; what lies in its place and can't be read is one, and never
   * blocks.
   */
  public static Models read(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return NONE;
    }
    try {
      return parse(TomlFile.decode(TomlFile.read(file)));
    } catch (IOException e) {
      return new Models(Map.of(), List.of(new SpecProblem("", 0, e.getMessage())));
    } catch (TomlException e) {
      return new Models(Map.of(), List.of(SpecFile.problem(e)));
    }
  }

  /** Reads the file's text. */
  public static Models parse(String toml) {
    Problems problems = new Problems();
    Map<String, Entry> entries = new LinkedHashMap<>();
    try {
      TomlText text = TomlText.parse(toml);
      problems.addRepeats(text);
      text.root().entries().forEach((name, node) -> topLevel(name, node, entries, problems));
    } catch (TomlException e) {
      return new Models(Map.of(), List.of(SpecFile.problem(e)));
    }
    return new Models(java.util.Collections.unmodifiableMap(entries), problems.sorted());
  }

  private static void topLevel(
      String name, TomlNode node, Map<String, Entry> entries, Problems problems) {
    if (!name.equals("models")) {
      problems.add(
          Readings.shownKey(name),
          node.line(),
          "unknown key; a model is a table such as [models.\"qwen3-4b\"]");
    } else if (node instanceof TomlNode.Table models) {
      models.entries().forEach((id, entry) -> model(id, entry, entries, problems));
    } else {
      problems.add(
          name,
          node.line(),
          "must hold tables such as [models.\"qwen3-4b\"], not be " + Readings.kind(node));
    }
  }

  private static void model(
      String id, TomlNode node, Map<String, Entry> entries, Problems problems) {
    String key = "models." + Readings.shownKey(id);
    Problems own = new Problems();
    if (id.isEmpty()
        || Readings.line().read(key, new TomlNode.Text(id, node.line()), own).isEmpty()) {
      problems.add(key, node.line(), "is no model's id");
    } else if (node instanceof TomlNode.Table table) {
      Schema.Values values = ENTRY.read(key + ".", table, own);
      if (own.isEmpty()) {
        entries.put(id, new Entry(values.find(PATH), values.find(SOURCE), values.find(SHA256)));
      }
      problems.addAll(own);
    } else {
      problems.add(
          key,
          node.line(),
          "must be a table with path, source or sha256, not " + Readings.kind(node));
    }
  }

  /**
   * What is known of a model for a slot: the keys of the slot's own {@code [model]} hold for its
   * default model, before those of the file.
   */
  public Entry lookup(SlotSpec spec, String id) {
    Entry entry = entries.getOrDefault(id, Entry.UNKNOWN);
    SlotSpec.Model own = spec.model();
    return own.id().filter(id::equals).isPresent()
        ? new Entry(own.path(), own.source(), own.sha256()).or(entry)
        : entry;
  }
}
