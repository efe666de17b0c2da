package hal0.tests.sim;

import hal0.slots.record.SlotRecord;
import hal0.slots.record.SlotStore;
import hal0.slots.spec.SlotSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A disk for records that outlives the daemon. What a daemon uses is {@link #open}. */
public final class MemoryStore {
  private final Map<String, SlotRecord> records = new TreeMap<>();
  private final Set<String> unreadable = new TreeSet<>();
  private final Random random;
  private final SimClockwork clock;
  private boolean full;
  private boolean silent;
  private boolean tears;
  private Optional<Half> half = Optional.empty();
  private long writes;
  private long changedAt = Long.MIN_VALUE / 2;

  /** What dying in a write leaves. */
  public enum Half {
    /** The old record. */
    LOST,
    /** The new one. */
    MADE,
    /** Neither: something that cannot be read. */
    TORN
  }

  /** An empty disk. */
  public MemoryStore(SimClockwork clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed * 31 + 5);
  }

  /** Whether nothing can be written: full, or read-only. */
  public void full(boolean now) {
    full = now;
    changedAt = clock.nanos();
  }

  /** Whether nothing can be read either. */
  public void silent(boolean now) {
    silent = now;
    changedAt = clock.nanos();
  }

  /** Whether a write under which the daemon dies may leave something that cannot be read. */
  public void tears(boolean now) {
    tears = now;
  }

  /** What the next write leaves under which the daemon dies; drawn where nothing is said. */
  public void leaves(Half what) {
    half = Optional.of(what);
  }

  /** Whether it takes writes and reads. */
  public boolean isWell() {
    return !full && !silent;
  }

  /** Whether it has taken writes and reads for that long. */
  public boolean isWellFor(Duration time) {
    return isWell() && clock.nanos() - changedAt >= time.toNanos();
  }

  /** What is on it for a slot, if that can be read. */
  public Optional<SlotRecord> record(String slot) {
    return Optional.ofNullable(records.get(slot));
  }

  /** Everything on it that can be read, by slot. */
  public Map<String, SlotRecord> records() {
    return Map.copyOf(records);
  }

  /** Puts a record there, as a former daemon would have. */
  public void put(SlotRecord record) {
    records.put(record.name(), record);
  }

  /** Makes a record unreadable. */
  public void corrupt(String slot) {
    records.remove(slot);
    unreadable.add(slot);
  }

  /** How many records were written since the beginning. */
  public long writes() {
    return writes;
  }

  /** The disk as one life of the daemon sees it: it can die before a write, in it, and after it. */
  public SlotStore open(Life life) {
    return new View(life);
  }

  private final class View implements SlotStore {
    private final Life life;

    private View(Life life) {
      this.life = life;
    }

    @Override
    public Optional<SlotRecord> load(String name) throws IOException {
      check(name);
      life.at("load " + name);
      answer(silent, "cannot be read", name);
      unreadable.remove(name);
      return Optional.ofNullable(records.get(name));
    }

    @Override
    public void save(SlotRecord record) throws IOException {
      check(record.name());
      try {
        life.at("save " + record.name());
      } catch (Life.Killed killed) {
        tear(record);
        throw killed;
      }
      answer(full || silent, "No space left on device", record.name());
      unreadable.remove(record.name());
      records.put(record.name(), record);
      writes++;
      life.at("saved " + record.name());
    }

    /** Dying in a write leaves the old record, the new one, or (where the disk tears) neither. */
    private void tear(SlotRecord record) {
      if (!life.endedAt().equals("save " + record.name()) || full || silent) {
        return;
      }
      switch (half.orElseGet(() -> Half.values()[random.nextInt(tears ? 3 : 2)])) {
        case LOST -> {}
        case MADE -> records.put(record.name(), record);
        case TORN -> corrupt(record.name());
      }
    }

    @Override
    public void delete(String name) throws IOException {
      check(name);
      life.at("delete " + name);
      answer(full || silent, "Read-only file system", name);
      records.remove(name);
      unreadable.remove(name);
      life.at("deleted " + name);
    }

    @Override
    public Set<String> names() throws IOException {
      life.at("names");
      answer(silent, "cannot be read", "slots");
      Set<String> names = new TreeSet<>(records.keySet());
      names.addAll(unreadable);
      return names;
    }

    private static void check(String name) {
      if (!SlotSpec.NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not a slot's name: " + name);
      }
    }

    private void answer(boolean fails, String why, String what) throws IOException {
      if (fails) {
        throw new IOException(what + "/state.json: " + why);
      }
    }
  }
}
