package hal0.slots.definition;

import hal0.slots.SlotException;
import hal0.slots.disk.WholeFile;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecDirectory;
import hal0.slots.spec.SpecFile;
import hal0.slots.spec.SpecProblem;
import hal0.slots.toml.TomlEditor;
import hal0.slots.toml.TomlException;
import hal0.slots.toml.TomlFile;
import hal0.slots.toml.TomlNode;
import hal0.slots.toml.TomlText;
import hal0.slots.toml.TomlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Makes, changes and removes slot files for commands. The whole of a definition is checked before
 * anything is written, and a file is written whole or not at all. JSON comes and goes as Jackson
 * reads it into a Map. Safe for many threads; changes come one at a time.
 */
public final class Definitions {
  private final SpecDirectory directory;
  private final Predicate<String> isRunning;
  private final ReentrantLock changes = new ReentrantLock();

  /**
   * A definition as it was saved.
   *
   * @param config the file as JSON
   * @param commentsKept whether the comments of the old file are in the new one, but for those of
   *     what was removed
   */
  public record Saved(SlotSpec spec, Map<String, Object> config, boolean commentsKept) {}

  /**
   * @param isRunning whether a slot's unit runs: a slot is not made over one
   */
  public Definitions(SpecDirectory directory, Predicate<String> isRunning) {
    this.directory = directory;
    this.isRunning = isRunning;
  }

  /**
   * Makes a slot.
   *
   * @param json a slot file's keys, and {@code name} if it likes, which must then be the slot's
   * @throws SlotException.ConfigError naming every wrong key
   * @throws SlotException.Exists if there is a file or a running unit of that name
   * @throws SlotException.NotSaved if it could not be written
   */
  public Saved create(String name, Map<String, ?> json) throws SlotException {
    changes.lock();
    try {
      Map<String, Object> wanted = TomlNode.plainMap(TomlNode.ofJson(withoutName(name, json)));
      SlotSpec spec = checked(name, SpecFile.ofJson(name, wanted));
      refusePresent(name);
      refuseTakenPort(spec);
      save(spec, TomlWriter.document(wanted, "\n"), true);
      return new Saved(spec, wanted, true);
    } finally {
      changes.unlock();
    }
  }

  /**
   * Makes a slot of a file's own text, which is kept to the letter.
   *
   * @param toml without a byte order mark
   * @throws SlotException as {@link #create(String, Map)}; wrong keys are named with their lines
   */
  public Saved create(String name, String toml) throws SlotException {
    changes.lock();
    try {
      SlotSpec spec = checked(name, ofText(name, toml));
      refusePresent(name);
      refuseTakenPort(spec);
      save(spec, toml, true);
      return new Saved(spec, config(name), true);
    } finally {
      changes.unlock();
    }
  }

  /**
   * Puts another text in the place of a slot's file, to the letter.
   *
   * @param toml without a byte order mark
   * @throws SlotException.ConfigError naming every wrong key with its line
   * @throws SlotException.NotFound if there is no file
   */
  public Saved replace(String name, String toml) throws SlotException {
    changes.lock();
    try {
      existing(name);
      SlotSpec spec = checked(name, ofText(name, toml));
      refuseTakenPort(spec);
      save(spec, toml, false);
      return new Saved(spec, config(name), true);
    } finally {
      changes.unlock();
    }
  }

  /**
   * As the bytes that will be on the disk are read, so that a text that is too large is refused.
   */
  private static SlotFile ofText(String name, String toml) {
    return SpecFile.parse(name, toml.getBytes(StandardCharsets.UTF_8));
  }

  private void refusePresent(String name) throws SlotException.Exists {
    if (Files.exists(directory.file(name), LinkOption.NOFOLLOW_LINKS)) {
      throw new SlotException.Exists(name, "there is a slot called \"" + name + "\" already");
    }
    if (isRunning.test(name)) {
      throw new SlotException.Exists(
          name,
          "a unit of a slot called \"" + name + "\" runs without a slot file: unload it first");
    }
  }

  /**
   * A slot's file as JSON: the keys that it has, without defaults. One that is wrong is given too,
   * as long as it is TOML and JSON can say it: how else would it be mended from afar?
   */
  public Map<String, Object> config(String name) throws SlotException {
    Map<String, Object> config = TomlNode.plainMap(present(name).root());
    if (!Trees.isJson(config)) {
      throw new SlotException.ConfigError(name, SpecFile.read(directory.file(name)).problems());
    }
    return config;
  }

  /**
   * Changes a slot's file.
   *
   * @param json what is to change: tables are merged into the file's, null removes a key
   * @throws SlotException.ConfigError naming every key that would be wrong afterwards, or why the
   *     file that is there can't be read
   */
  public Saved put(String name, Map<String, ?> json) throws SlotException {
    changes.lock();
    try {
      TomlText present = present(name);
      Map<String, Object> merged =
          Trees.merged(TomlNode.plainMap(present.root()), withoutName(name, json));
      Map<String, Object> wanted = TomlNode.plainMap(TomlNode.ofJson(merged));
      SlotSpec spec = checked(name, SpecFile.ofJson(name, wanted));
      refuseTakenPort(spec);
      TomlEditor.Edited edited = TomlEditor.edit(present, wanted);
      save(spec, edited.text(), false);
      return new Saved(spec, wanted, edited.commentsKept());
    } catch (TomlException e) {
      throw new IllegalStateException("an edited text of " + name + " is no TOML", e);
    } finally {
      changes.unlock();
    }
  }

  /**
   * Removes a slot's file and nothing else.
   *
   * @throws SlotException.NotFound if there is none
   * @throws SlotException.NotSaved if it could not be removed
   */
  public void delete(String name) throws SlotException {
    changes.lock();
    try {
      Path file = existing(name);
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new SlotException.NotSaved(name, file + " is a directory: remove it by hand", null);
      }
      WholeFile.delete(file);
    } catch (IOException e) {
      throw new SlotException.NotSaved(name, name + " could not be removed: " + e.getMessage(), e);
    } finally {
      changes.unlock();
    }
  }

  private Path existing(String name) throws SlotException.NotFound {
    if (!SlotSpec.isName(name) || !Files.exists(directory.file(name), LinkOption.NOFOLLOW_LINKS)) {
      throw new SlotException.NotFound(name);
    }
    return directory.file(name);
  }

  private TomlText present(String name) throws SlotException {
    Path file = existing(name);
    try {
      TomlText text = TomlText.parse(TomlFile.decode(TomlFile.read(file)));
      if (text.repeats().isEmpty()) {
        return text;
      }
    } catch (IOException | TomlException e) {
      // The reader of slot files says it in the same words, below.
    }
    throw new SlotException.ConfigError(name, SpecFile.read(file).problems());
  }

  private static Map<String, ?> withoutName(String name, Map<String, ?> json)
      throws SlotException.ConfigError {
    if (!json.containsKey("name")) {
      return json;
    }
    if (!name.equals(json.get("name"))) {
      SpecProblem problem =
          new SpecProblem("name", 0, "must be the slot's own name, \"" + name + "\"");
      throw new SlotException.ConfigError(name, List.of(problem));
    }
    Map<String, Object> rest = new LinkedHashMap<>(json);
    rest.remove("name");
    return rest;
  }

  private static SlotSpec checked(String name, SlotFile file) throws SlotException.ConfigError {
    return file.spec().orElseThrow(() -> new SlotException.ConfigError(name, file.problems()));
  }

  private void refuseTakenPort(SlotSpec spec) throws SlotException {
    Optional<SpecProblem> taken;
    try {
      taken = directory.portTaken(spec);
    } catch (IOException e) {
      throw new SlotException.NotSaved(
          spec.name(), spec.name() + " was not saved: " + e.getMessage(), e);
    }
    if (taken.isPresent()) {
      throw new SlotException.ConfigError(spec.name(), List.of(taken.get()));
    }
  }

  /** Writes the text, once it is sure that it will be read as what was wanted. */
  private void save(SlotSpec spec, String text, boolean fresh) throws SlotException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SlotFile read = SpecFile.parse(spec.name(), bytes);
    if (!read.spec().equals(Optional.of(spec))) {
      throw new SlotException.ConfigError(spec.name(), read.problems());
    }
    Path file = directory.file(spec.name());
    try {
      if (fresh) {
        WholeFile.makeDirectories(file.toAbsolutePath().getParent());
        WholeFile.write(file, bytes);
      } else {
        WholeFile.rewrite(file, bytes);
      }
    } catch (IOException e) {
      throw new SlotException.NotSaved(
          spec.name(), spec.name() + " was not saved: " + e.getMessage(), e);
    }
  }
}
