package hal0.app.api;

import hal0.slots.SlotException;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecFile;
import hal0.slots.toml.TomlException;
import hal0.slots.toml.TomlNode;
import hal0.slots.toml.TomlText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Slot files in memory, links that are only noted, and logs that are made up. */
final class FakeDefinitions implements DefinitionPort, BootPort, LogPort {
  final Map<String, Map<String, Object>> files = new ConcurrentSkipListMap<>();
  final Map<String, String> texts = new ConcurrentSkipListMap<>();
  final List<String> links = new CopyOnWriteArrayList<>();
  volatile boolean commentsKept = true;
  private final FakeSlots slots;

  FakeDefinitions(FakeSlots slots) {
    this.slots = slots;
  }

  /** A file as JSON. */
  static Map<String, Object> file(int port) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("provider", "llama-server");
    file.put("port", (long) port);
    file.put("backend", "vulkan");
    file.put("model", new LinkedHashMap<>(Map.of("default", "qwen3-4b")));
    return file;
  }

  List<Route> routes() {
    return new DefinitionRoutes(slots, this, this).routes();
  }

  private void save(String name, Map<String, Object> file) throws SlotException {
    SlotFile read = SpecFile.ofJson(name, file);
    if (read.spec().isEmpty()) {
      throw new SlotException.ConfigError(name, read.problems());
    }
    files.put(name, file);
    slots.put(FakeSlots.view(read.spec().get(), SlotState.OFFLINE, Reason.NEW, "never loaded", ""));
  }

  @Override
  public void create(String name, Map<String, Object> file) throws SlotException {
    save(name, file);
  }

  @Override
  public void create(String name, String toml) throws SlotException {
    save(name, keys(name, toml));
    texts.put(name, toml);
  }

  @Override
  public Change replace(String name, String toml) throws SlotException {
    config(name);
    create(name, toml);
    return new Change(files.get(name), true);
  }

  private static Map<String, Object> keys(String name, String toml) throws SlotException {
    SlotFile read = SpecFile.parse(name, toml);
    if (read.spec().isEmpty()) {
      throw new SlotException.ConfigError(name, read.problems());
    }
    try {
      return TomlNode.plainMap(TomlText.parse(toml).root());
    } catch (TomlException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Map<String, Object> config(String name) throws SlotException {
    return Optional.ofNullable(files.get(name)).orElseThrow(() -> new SlotException.NotFound(name));
  }

  @Override
  public Change change(String name, Map<String, Object> keys) throws SlotException {
    Map<String, Object> whole = new LinkedHashMap<>(config(name));
    whole.putAll(keys);
    save(name, whole);
    return new Change(whole, commentsKept);
  }

  @Override
  public void delete(String name) throws SlotException {
    config(name);
    files.remove(name);
  }

  @Override
  public CompletableFuture<Void> enable(String name) {
    links.add(name);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> disable(String name) {
    links.remove(name);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Tail tail(String slot, int count) {
    return slot.equals("asr")
        ? new Tail(List.of(), Optional.of("there is no journal here"))
        : new Tail(
            List.of("one", "two \ud800", "three").subList(3 - Math.min(3, count), 3),
            Optional.empty());
  }

  @Override
  public Lines follow(String slot, int count) throws IOException {
    if (slot.equals("asr")) {
      throw new IOException("there is no journal here");
    }
    var lines = new java.util.concurrent.LinkedBlockingQueue<>(tail(slot, count).lines());
    return new Lines() {
      @Override
      public Optional<String> next() {
        return Optional.ofNullable(lines.poll());
      }

      @Override
      public void close() {
        lines.clear();
      }
    };
  }
}
