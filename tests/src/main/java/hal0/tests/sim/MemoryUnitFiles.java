package hal0.tests.sim;

import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import hal0.slots.unit.UnitFiles;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Drop-ins on a disk that outlives the daemon. What a daemon uses is {@link #open}. */
public final class MemoryUnitFiles {
  /** A model of that name has no path where one is needed. */
  public static final String MODEL_WITHOUT_PATH = "no-path";

  private final Map<String, Definition> files = new TreeMap<>();
  private boolean readOnly;

  /** Whether nothing can be written. */
  public void readOnly(boolean now) {
    readOnly = now;
  }

  /** Whether it takes writes. */
  public boolean isWell() {
    return !readOnly;
  }

  /** Every drop-in, by slot: what systemd reads at its next reload. */
  public Map<String, Definition> files() {
    return files;
  }

  /** The directory as one life of the daemon sees it. */
  public UnitFiles open(Life life) {
    return new View(life);
  }

  private final class View implements UnitFiles {
    private final Life life;

    private View(Life life) {
      this.life = life;
    }

    @Override
    public boolean write(SlotSpec spec, Optional<String> modelId)
        throws IOException, SlotException {
      life.at("before drop-in of " + spec.name());
      check(spec, modelId);
      Optional<String> model = modelId.filter(id -> !id.isEmpty());
      Definition next = new Definition(spec, model);
      if (next.equals(files.get(spec.name()))) {
        return false;
      }
      answer(spec.name());
      files.put(spec.name(), next);
      life.at("after drop-in of " + spec.name());
      return true;
    }

    @Override
    public void check(SlotSpec spec, Optional<String> modelId) throws SlotException {
      if (modelId.filter(MODEL_WITHOUT_PATH::equals).isPresent()) {
        throw new SlotException.UnknownModel(spec.name(), modelId.get(), "the model has no path");
      }
    }

    @Override
    public boolean differs(SlotSpec spec) {
      Definition there = files.get(spec.name());
      return there == null || !there.spec().equals(spec);
    }

    @Override
    public Optional<String> model(String slot) {
      return Optional.ofNullable(files.get(slot)).flatMap(Definition::model);
    }

    @Override
    public boolean remove(String slot) throws IOException {
      life.at("before removal of " + slot);
      if (!files.containsKey(slot)) {
        return false;
      }
      answer(slot);
      files.remove(slot);
      life.at("after removal of " + slot);
      return true;
    }

    @Override
    public Set<String> slots() {
      return new TreeSet<>(files.keySet());
    }

    private void answer(String slot) throws IOException {
      if (readOnly) {
        throw new IOException(
            "hal0-slot@" + slot + ".service.d/50-hal0.conf: Read-only file system");
      }
    }
  }
}
