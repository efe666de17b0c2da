package hal0.app.api;

import hal0.slots.SlotException;
import java.util.Map;

/** The slot files, as the API reads and changes them. Safe for use by many threads. */
public interface DefinitionPort {
  /**
   * What a change came to.
   *
   * @param config the whole file as it now is, as JSON
   * @param commentsKept whether the file's comments and order are still there
   */
  record Change(Map<String, Object> config, boolean commentsKept) {}

  /**
   * Writes a new slot file.
   *
   * @param file what it says, as JSON, without the name
   * @throws SlotException.ConfigError naming every wrong key; nothing is written
   * @throws SlotException.Exists if there is such a file
   * @throws SlotException.NotSaved if it could not be written
   */
  void create(String name, Map<String, Object> file) throws SlotException;

  /**
   * Writes a new slot file to the letter.
   *
   * @param toml its text
   * @throws SlotException as {@link #create(String, Map)}; wrong keys are named with their lines
   */
  void create(String name, String toml) throws SlotException;

  /**
   * A slot file as JSON.
   *
   * @throws SlotException.NotFound if there is none
   * @throws SlotException.ConfigError if it cannot be read as TOML
   */
  Map<String, Object> config(String name) throws SlotException;

  /**
   * Merges keys into a slot file, deeply; null takes a key away. The whole is checked, then written
   * whole.
   *
   * @throws SlotException as {@link #create} and {@link #config}; nothing is written
   */
  Change change(String name, Map<String, Object> keys) throws SlotException;

  /**
   * Puts another text in the place of a slot file, to the letter.
   *
   * @param toml its text
   * @throws SlotException as {@link #create(String, String)} and {@link #config}; nothing is
   *     written
   */
  Change replace(String name, String toml) throws SlotException;

  /**
   * Removes a slot file.
   *
   * @throws SlotException.NotFound if there is none
   * @throws SlotException.NotSaved if it could not be removed
   */
  void delete(String name) throws SlotException;
}
