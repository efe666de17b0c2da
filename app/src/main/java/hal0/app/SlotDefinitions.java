package hal0.app;

import hal0.app.api.DefinitionPort;
import hal0.slots.SlotException;
import hal0.slots.definition.Definitions;
import java.util.Map;

/** The slot files, for the API. */
record SlotDefinitions(Definitions definitions) implements DefinitionPort {
  @Override
  public void create(String name, Map<String, Object> file) throws SlotException {
    definitions.create(name, file);
  }

  @Override
  public void create(String name, String toml) throws SlotException {
    definitions.create(name, toml);
  }

  @Override
  public Map<String, Object> config(String name) throws SlotException {
    return definitions.config(name);
  }

  @Override
  public Change change(String name, Map<String, Object> keys) throws SlotException {
    Definitions.Saved saved = definitions.put(name, keys);
    return new Change(saved.config(), saved.commentsKept());
  }

  @Override
  public Change replace(String name, String toml) throws SlotException {
    Definitions.Saved saved = definitions.replace(name, toml);
    return new Change(saved.config(), saved.commentsKept());
  }

  @Override
  public void delete(String name) throws SlotException {
    definitions.delete(name);
  }
}
