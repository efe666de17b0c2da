package hal0.app;

import hal0.slots.reconcile.FleetPorts;
import hal0.slots.room.Budget;
import hal0.slots.spec.Models;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecDirectory;
import hal0.slots.spec.SpecProblem;
import hal0.slots.spec.SpecWatcher;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The files in the directory of the configuration: the slots' and the models'. Safe for use by many
 * threads.
 */
final class ConfigFiles implements FleetPorts.SlotFiles {
  private static final System.Logger LOG = System.getLogger(ConfigFiles.class.getName());

  private final SpecDirectory slots;
  private final Path slotDirectory;
  private final Path modelFile;
  private final Budget budget;
  private final Consumer<Map<String, SlotFile>> seen;
  private volatile Models models = Models.NONE;

  /**
   * @param budget what the loaded slots may take together
   * @param seen is told of the slot files whenever they have been read; must not block
   */
  ConfigFiles(Path configDirectory, Budget budget, Consumer<Map<String, SlotFile>> seen) {
    this.seen = seen;
    this.budget = budget;
    this.slotDirectory = configDirectory.resolve("slots");
    this.slots = new SpecDirectory(slotDirectory);
    this.modelFile = configDirectory.resolve("models.toml");
  }

  @Override
  public Map<String, SlotFile> read(Predicate<String> isRunning) throws IOException {
    Models read = Models.read(modelFile);
    if (!read.problems().equals(models.problems())) {
      for (SpecProblem problem : read.problems()) {
        LOG.log(System.Logger.Level.WARNING, "{0}: {1}", modelFile, problem);
      }
    }
    models = read;
    Map<String, SlotFile> files = slots.read(isRunning);
    seen.accept(files);
    return files;
  }

  @Override
  public Budget budget() {
    return budget;
  }

  /** Where a model's file is, as the files said when they were last read. */
  Optional<String> path(SlotSpec spec, Optional<String> modelId) {
    return modelId.flatMap(id -> models.lookup(spec, id).path());
  }

  /** What {@code models.toml} said when it was last read. */
  Models models() {
    return models;
  }

  /** What is known of a slot's model, as the files said when they were last read. */
  Models.Entry model(SlotSpec spec, Optional<String> modelId) {
    if (modelId.isEmpty() && spec.model().id().isEmpty()) {
      // Servers of voices, say, have a model's file but no id that a client would ask for.
      SlotSpec.Model own = spec.model();
      return new Models.Entry(own.path(), own.source(), own.sha256());
    }
    return modelId.map(id -> models.lookup(spec, id)).orElse(Models.Entry.UNKNOWN);
  }

  /** The slot files' directory, for who writes there. */
  SpecDirectory slots() {
    return slots;
  }

  /** Calls when a file changes; not yet started. */
  SpecWatcher watcher(Clockwork clock, Runnable changed) {
    return new SpecWatcher(slotDirectory, List.of(modelFile), clock, changed);
  }
}
