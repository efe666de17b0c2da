package hal0.app;

import hal0.app.api.Code;
import hal0.app.api.ModelPort;
import hal0.app.api.ModelRoutes;
import hal0.app.api.Problem;
import hal0.app.api.ProblemException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.pull.FileSum;
import hal0.slots.pull.Progress;
import hal0.slots.pull.Sources;
import hal0.slots.pull.Storehouse;
import hal0.slots.pull.Want;
import hal0.slots.spec.Models;
import hal0.slots.spec.SlotSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The models that the configuration names, and their files. */
final class ModelShelf implements ModelPort {
  private final ConfigFiles files;
  private final SlotManager slots;
  private final Storehouse store;

  /** What files were found to be, for as long as they are not written to. */
  private final Map<Path, Found> found = new ConcurrentHashMap<>();

  private record Found(long bytes, FileTime written, String sha256) {}

  /** A model, and the slots whose default it is or that have it now. */
  private record Entry(Models.Entry model, Set<String> slots) {
    Optional<Path> path() {
      return model.path().map(path -> Path.of(path).toAbsolutePath().normalize());
    }
  }

  ModelShelf(ConfigFiles files, SlotManager slots, Storehouse store) {
    this.files = files;
    this.slots = slots;
    this.store = store;
  }

  private Map<String, Entry> entries() {
    Map<String, Entry> entries = new TreeMap<>();
    files
        .models()
        .entries()
        .forEach((id, model) -> entries.put(id, new Entry(model, new TreeSet<>())));
    for (SlotView view : slots.views()) {
      if (view.spec().isEmpty()) {
        continue;
      }
      SlotSpec spec = view.spec().get();
      Set<String> ids = new TreeSet<>();
      spec.model().id().ifPresent(ids::add);
      if (!view.modelId().isEmpty()) {
        ids.add(view.modelId());
      }
      for (String id : ids) {
        Models.Entry model = files.model(spec, Optional.of(id));
        if (model.path().isPresent() || entries.containsKey(id)) {
          entries
              .computeIfAbsent(id, key -> new Entry(model, new TreeSet<>()))
              .slots()
              .add(view.name());
        }
      }
    }
    return entries;
  }

  @Override
  public List<Model> models() {
    List<Model> all = new ArrayList<>();
    entries().forEach((id, entry) -> all.add(model(id, entry)));
    return all;
  }

  private Model model(String id, Entry entry) {
    Optional<Path> path = entry.path();
    boolean present = path.filter(Files::exists).isPresent();
    return new Model(
        id,
        path.map(Path::toString),
        entry.model().source().map(Sources::shown),
        entry.model().sha256(),
        present,
        present ? length(path.get()) : OptionalLong.empty(),
        present ? verified(path.get(), entry.model().sha256()) : Optional.empty(),
        List.copyOf(entry.slots()),
        path.flatMap(this::pull));
  }

  private static OptionalLong length(Path path) {
    try {
      return Files.isRegularFile(path) ? OptionalLong.of(Files.size(path)) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private Optional<Boolean> verified(Path path, Optional<String> wanted) {
    Found known = found.get(path);
    try {
      boolean same =
          known != null
              && known.bytes() == Files.size(path)
              && known.written().equals(Files.getLastModifiedTime(path));
      return same ? wanted.map(known.sha256()::equals) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<Progress> pull(Path path) {
    return store.underWay().stream()
        .filter(one -> one.want() instanceof Want.File file && file.path().equals(path))
        .findFirst();
  }

  private Entry entry(String id) {
    return Optional.ofNullable(entries().get(id)).orElseThrow(() -> ModelRoutes.notFound(id));
  }

  @Override
  public CompletableFuture<Void> pull(String id) {
    Entry entry = entry(id);
    if (entry.path().filter(Files::exists).isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    if (entry.path().isEmpty() || entry.model().source().isEmpty()) {
      throw refused(Code.MODEL_NO_SOURCE, id, "has no path and source to be fetched by", entry);
    }
    Want want =
        new Want.File(id, entry.path().get(), entry.model().source().get(), entry.model().sha256());
    return store.begin(List.of(want), news -> {}).done();
  }

  @Override
  public Verified verify(String id) throws IOException {
    Entry entry = entry(id);
    Path path = file(id, entry);
    long bytes = Files.size(path);
    FileTime written = Files.getLastModifiedTime(path);
    String sha256 = FileSum.sha256(path);
    found.put(path, new Found(bytes, written, sha256));
    return new Verified(sha256, entry.model().sha256().map(sha256::equals));
  }

  private static Path file(String id, Entry entry) {
    return entry
        .path()
        .filter(Files::isRegularFile)
        .orElseThrow(() -> refused(Code.MODEL_NOT_THERE, id, "is no file on this machine", entry));
  }

  @Override
  public void remove(String id) throws IOException {
    Entry entry = entry(id);
    Path path = entry.path().orElseThrow(() -> ModelRoutes.notFound(id));
    List<String> users = usersOf(path);
    if (!users.isEmpty() || pull(path).isPresent()) {
      String by = users.isEmpty() ? "is being fetched" : "is used by " + String.join(", ", users);
      throw refused(Code.MODEL_IN_USE, id, by, entry);
    }
    boolean begun = store.dropPart(path);
    if (!begun || Files.exists(path)) {
      Files.delete(file(id, entry));
    }
    found.remove(path);
  }

  /** The slots that are live, or on their way, with that file. */
  private List<String> usersOf(Path path) {
    List<String> users = new ArrayList<>();
    for (SlotView view : slots.views()) {
      boolean down = view.unit().filter(unit -> !unit.isDown()).isEmpty();
      boolean resting = view.state() == SlotState.OFFLINE || view.state() == SlotState.ERROR;
      if (view.spec().isPresent() && !(down && resting) && has(view, path)) {
        users.add(view.name());
      }
    }
    return users;
  }

  private boolean has(SlotView view, Path path) {
    SlotSpec spec = view.spec().orElseThrow();
    Optional<String> id =
        view.modelId().isEmpty() ? spec.model().id() : Optional.of(view.modelId());
    return files
        .model(spec, id)
        .path()
        .filter(one -> Path.of(one).toAbsolutePath().normalize().equals(path))
        .isPresent();
  }

  private static ProblemException refused(Code code, String id, String why, Entry entry) {
    Map<String, Object> details = new TreeMap<>();
    details.put("model", id);
    entry.path().ifPresent(path -> details.put("path", path.toString()));
    details.put("slots", List.copyOf(entry.slots()));
    return Problem.of(code, "the model " + id + " " + why, details).exception();
  }
}
