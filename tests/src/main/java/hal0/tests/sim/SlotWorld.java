package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.event.EventFeed;
import hal0.slots.event.SlotEvent;
import hal0.slots.reconcile.Fleet;
import hal0.slots.reconcile.FleetPorts;
import hal0.slots.room.Budget;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The core of hal0 in a world of fakes: systemd, upstreams, disk and slot files outlive the daemon,
 * which can be killed and started again. For one thread.
 */
public final class SlotWorld {
  private final long seed;
  private final SimClockwork clock;
  private final MemoryStore store;
  private final MemoryUnitFiles unitFiles = new MemoryUnitFiles();
  private final FakePorts ports = new FakePorts();
  private final FakePulls pulls;
  private final FakeSystemd systemd;
  private final Map<String, SlotFile> files = new TreeMap<>();
  private final Map<String, Deque<Program>> programs = new TreeMap<>();
  private final UnaryOperator<FleetPorts> sabotage;
  private Supplier<Program> usual = Program::wellBehaved;
  private Consumer<SlotWorld> whenBooted = world -> {};
  private Consumer<Life> whenBooting = booting -> {};
  private Budget budget = Budget.UNLIMITED;
  private boolean filesUnreadable;
  private boolean ending;
  private int lives;
  private Life life;
  private Fleet fleet;
  private FakeConnection connection;
  private FakeProbe probe;
  private EventFeed.Reader reader;

  /** A world whose daemon has the ports as they are. */
  public SlotWorld(long seed) {
    this(seed, UnaryOperator.identity());
  }

  /**
   * A world whose daemon may have something wrong with it.
   *
   * @param sabotage changes the ports that each life of the daemon gets
   */
  public SlotWorld(long seed, UnaryOperator<FleetPorts> sabotage) {
    this.seed = seed;
    this.sabotage = sabotage;
    this.clock = new SimClockwork(seed);
    this.store = new MemoryStore(clock, seed);
    this.pulls = new FakePulls(clock, seed);
    this.systemd = new FakeSystemd(clock, seed, unitFiles::files, this::nextProgram);
    this.life = new Life(clock, 0);
    life.end();
  }

  private Program nextProgram(String slot, Optional<Definition> definition) {
    Program next = programs.getOrDefault(slot, new ArrayDeque<>()).poll();
    Program program = next == null ? usual.get() : next;
    return definition.isPresent()
        ? program
        : program
            .with(Program.Loading.EXITS)
            .lasting(Duration.ZERO, Duration.ofMillis(5), Duration.ZERO);
  }

  /**
   * What the next starts of a slot's unit do, one after another; afterwards they are well behaved.
   */
  public void program(String slot, Program... next) {
    programs.computeIfAbsent(slot, key -> new ArrayDeque<>()).addAll(List.of(next));
  }

  /** What a start does of which {@link #program} says nothing. */
  public void usual(Supplier<Program> program) {
    usual = program;
  }

  /** Takes back what {@link #program} said. */
  public void programsAreWell() {
    programs.clear();
  }

  /** Writes a slot's file; the daemon is not told. */
  public void write(SlotFile file) {
    files.put(file.name(), file);
  }

  /** What the configuration has for the slots. */
  public void budget(Budget now) {
    budget = now;
  }

  /** Removes a slot's file. */
  public void remove(String slot) {
    files.remove(slot);
  }

  /** What a slot's file says now. */
  public Optional<SlotSpec> spec(String slot) {
    return Optional.ofNullable(files.get(slot)).flatMap(SlotFile::spec);
  }

  /** Whether the slot files cannot be read. */
  public void filesUnreadable(boolean now) {
    filesUnreadable = now;
  }

  /** Called after every start of the daemon, before time goes on. */
  public void whenBooted(Consumer<SlotWorld> listener) {
    whenBooted = listener;
  }

  /** Called with each life of the daemon before its first call. */
  public void whenBooting(Consumer<Life> listener) {
    whenBooting = listener;
  }

  /**
   * Starts the daemon.
   *
   * @return false if it ended at once, since it could not read its files
   */
  public boolean boot() {
    if (isUp()) {
      throw new IllegalStateException("it runs");
    }
    life = new Life(clock, ++lives);
    Life mine = life;
    ending = false;
    connection = systemd.connect(mine);
    probe = new FakeProbe(clock, systemd, ports, mine, seed + lives);
    FleetPorts honest =
        new FleetPorts(
            connection,
            connection,
            probe,
            store.open(mine),
            unitFiles.open(mine),
            new Files(mine),
            (unit, invocation) ->
                CompletableFuture.completedFuture(List.of("last words of " + unit)),
            port -> false,
            pulls.open(mine),
            mine,
            "life-" + lives);
    fleet = new Fleet(sabotage.apply(honest));
    reader = fleet.feed().subscribe();
    whenBooted.accept(this);
    whenBooting.accept(mine);
    try {
      fleet.start();
    } catch (IOException | Life.Killed e) {
      life.end();
      return false;
    }
    return true;
  }

  /** The slot files and the budget, as a life of the daemon reads them. */
  private final class Files implements FleetPorts.SlotFiles {
    private final Life reading;

    private Files(Life reading) {
      this.reading = reading;
    }

    @Override
    public Map<String, SlotFile> read(Predicate<String> isRunning) throws IOException {
      return readFiles(reading);
    }

    @Override
    public Budget budget() {
      return budget;
    }
  }

  private Map<String, SlotFile> readFiles(Life reading) throws IOException {
    reading.at("slot files");
    if (filesUnreadable) {
      throw new IOException("slots: Input/output error");
    }
    return new TreeMap<>(files);
  }

  /** Kills the daemon, as {@code kill -9} does. */
  public void crash() {
    life.end();
  }

  /** Ends the daemon in order, as SIGTERM does. */
  public void end() {
    if (isUp()) {
      ending = true;
      fleet.close();
      clock.advance(Duration.ofSeconds(1));
      life.end();
    }
  }

  /** Nothing goes wrong any more; what is wrong with running processes stays. */
  public void heal() {
    systemd.bus().heal();
    systemd.templateInstalled(true);
    store.full(false);
    store.silent(false);
    store.tears(false);
    unitFiles.readOnly(false);
    filesUnreadable(false);
    ports.heal();
    pulls.heal();
    programsAreWell();
    life.endAfter(Integer.MAX_VALUE);
  }

  /** Whether the daemon was told to end: it looks at nothing any more. */
  public boolean isEnding() {
    return ending;
  }

  /** Whether the daemon runs. */
  public boolean isUp() {
    return !life.isOver();
  }

  /** The transitions that were published since this was last called, in order. */
  public List<SlotEvent> newEvents() {
    try {
      return reader.take(Duration.ofMillis(1));
    } catch (InterruptedException | EventFeed.CutOff e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the daemon shows of a slot. */
  public Optional<SlotView> view(String slot) {
    return fleet.view(slot);
  }

  /** The present life of the daemon, or the last one. */
  public Life life() {
    return life;
  }

  /** The daemon's core. */
  public Fleet fleet() {
    return fleet;
  }

  /** The daemon's connection to systemd. */
  public FakeConnection connection() {
    return connection;
  }

  /** The daemon's probe. */
  public FakeProbe probe() {
    return probe;
  }

  /** Time. */
  public SimClockwork clock() {
    return clock;
  }

  /** systemd. */
  public FakeSystemd systemd() {
    return systemd;
  }

  /** The disk of records. */
  public MemoryStore store() {
    return store;
  }

  /** The drop-ins. */
  public MemoryUnitFiles unitFiles() {
    return unitFiles;
  }

  /** The upstreams' ports. */
  public FakePorts ports() {
    return ports;
  }

  /** Model files, and where they come from. */
  public FakePulls pulls() {
    return pulls;
  }

  /** The slots that have a file. */
  public List<String> slots() {
    return List.copyOf(files.keySet());
  }

  /** The process of a slot, if it runs. */
  public Optional<FakeProcess> process(String slot) {
    return systemd.process(UnitName.ofSlot(slot));
  }
}
