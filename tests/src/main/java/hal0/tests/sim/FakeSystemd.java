package hal0.tests.sim;

import hal0.slots.time.Clockwork.Timer;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * systemd: slots' units, their jobs, people with {@code systemctl}. It survives the daemon and
 * every connection; what it knows of drop-ins is what was there at the last {@code daemon-reload}.
 * A daemon talks to it through {@link #connect}.
 */
public final class FakeSystemd {
  /**
   * Something that somebody asked for.
   *
   * @param life the daemon's life that asked; 0 for a person
   * @param verb {@code start}, {@code stop}, {@code restart} or {@code kill}
   */
  public record Act(long at, int life, String verb, UnitName unit) {}

  /** Somebody with {@code systemctl}, in place of a daemon's life. */
  public static final int PERSON = 0;

  /** systemd itself, in place of a daemon's life. */
  public static final int ITSELF = -1;

  /** Hears what passes between a daemon and systemd, for rules that judge it. */
  public interface Tap {
    /** The daemon asks for {@code start}, {@code stop} or {@code kill}. */
    default void asked(String verb, UnitName unit) {}

    /** A signal of a change reaches the daemon. */
    default void changeHeard(UnitName unit) {}

    /**
     * A signal of a new job reaches it; {@code life} wanted it when the unit's invocation was that.
     */
    default void jobHeard(UnitName unit, int life, String type, String invocation) {}

    /** It is told how a unit is. */
    default void statusTold(UnitName unit, UnitStatus status) {}
  }

  private final SimClockwork clock;
  private final Random random;
  private final Supplier<Map<String, Definition>> disk;
  private final BiFunction<String, Optional<Definition>, Program> programs;
  private final Map<UnitName, FakeUnit> units = new TreeMap<>();
  private final Map<UnitName, Definition> definitions = new TreeMap<>();
  private final Set<UnitName> enabled = new TreeSet<>();
  private final Map<String, Integer> invocations = new HashMap<>();
  private final List<FakeConnection> connections = new ArrayList<>();
  private final List<Act> acts = new ArrayList<>();
  private final FakeBus bus;
  private boolean templateInstalled = true;
  private Tap tap = new Tap() {};
  private int jobs;
  private int pids = 1000;

  /**
   * @param disk the drop-ins as they are on disk, by slot
   * @param programs what the next process of a slot does, by slot and by what its drop-in says
   */
  public FakeSystemd(
      SimClockwork clock,
      long seed,
      Supplier<Map<String, Definition>> disk,
      BiFunction<String, Optional<Definition>, Program> programs) {
    this.clock = clock;
    this.random = new Random(seed * 31 + 3);
    this.disk = disk;
    this.programs = programs;
    this.bus = new FakeBus(this, clock, new Random(seed * 31 + 4));
  }

  /** The way to it, and what is wrong with it. */
  public FakeBus bus() {
    return bus;
  }

  /** Who hears everything from now on. */
  public void tap(Tap heard) {
    tap = heard;
  }

  Tap tap() {
    return tap;
  }

  /** A daemon's connection: both ports. */
  public FakeConnection connect(Life life) {
    FakeConnection connection = new FakeConnection(this, bus, life, clock);
    connections.removeIf(FakeConnection::isOver);
    connections.add(connection);
    return connection;
  }

  /**
   * A person's {@code systemctl start}, {@code stop}, {@code restart}, {@code kill}, {@code
   * reset-failed}.
   */
  public void person(String verb, UnitName unit) {
    switch (verb) {
      case "start", "stop", "restart" -> install(PERSON, verb, unit);
      case "kill" -> kill(PERSON, unit);
      case "reset-failed" -> resetFailed(unit);
      default -> throw new IllegalArgumentException(verb);
    }
  }

  /** {@code systemctl daemon-reload}. */
  public void reload() {
    definitions.clear();
    disk.get().forEach((slot, definition) -> definitions.put(UnitName.ofSlot(slot), definition));
  }

  /** Whether the template unit is installed; without it no slot's unit can be started. */
  public void templateInstalled(boolean installed) {
    templateInstalled = installed;
  }

  /** What it says of a unit now. */
  public UnitStatus status(UnitName unit) {
    FakeUnit known = units.get(unit);
    return known == null ? unloaded(unit) : known.status();
  }

  /** What systemd reads from the unit's files when it has nothing of it in memory. */
  private UnitStatus unloaded(UnitName unit) {
    UnitStatus absent = UnitStatus.absent(unit);
    return new UnitStatus(
        unit,
        templateInstalled ? absent.loadState() : "not-found",
        absent.activeState(),
        absent.subState(),
        absent.mainPid(),
        absent.restarts(),
        absent.result(),
        absent.invocationId(),
        absent.exit(),
        absent.controlGroup(),
        absent.job(),
        absent.restartDelay(),
        templateInstalled ? unitFileState(unit) : "",
        false);
  }

  /** The process of a unit, if it runs. */
  public Optional<FakeProcess> process(UnitName unit) {
    return Optional.ofNullable(units.get(unit)).map(FakeUnit::process);
  }

  /** Ends a unit's main process from outside systemd. */
  public void processEnds(UnitName unit, String cause, UnitStatus.Exit how) {
    FakeUnit known = units.get(unit);
    if (known != null) {
      known.ended(cause, how);
    }
  }

  /** Whether one invocation began before another; an unknown one began before all. */
  public boolean isEarlier(String one, String other) {
    return invocations.getOrDefault(one, -1) < invocations.getOrDefault(other, -1);
  }

  /** Everything that was asked for, in order. */
  public List<Act> acts() {
    return acts;
  }

  /** The units in memory. */
  public List<UnitName> list() {
    return List.copyOf(units.keySet());
  }

  /** Whether it is linked into the default target. */
  public boolean isEnabled(UnitName unit) {
    return enabled.contains(unit);
  }

  boolean hasTemplate() {
    return templateInstalled;
  }

  FakeJob install(int life, String verb, UnitName unit) {
    acts.add(new Act(clock.nanos(), life, verb, unit));
    return unit(unit).install(life, verb);
  }

  void kill(int life, UnitName unit) {
    acts.add(new Act(clock.nanos(), life, "kill", unit));
    FakeUnit known = units.get(unit);
    if (known != null) {
      known.killed();
    }
  }

  void resetFailed(UnitName unit) {
    FakeUnit known = units.get(unit);
    if (known != null) {
      known.resetFailed();
    }
  }

  void enable(UnitName unit, boolean link) {
    if (link) {
      enabled.add(unit);
    } else {
      enabled.remove(unit);
    }
  }

  private FakeUnit unit(UnitName name) {
    return units.computeIfAbsent(name, key -> new FakeUnit(key, this));
  }

  // What the units ask of it.

  long nanos() {
    return clock.nanos();
  }

  Timer after(Duration delay, Runnable task) {
    return clock.schedule(delay, task);
  }

  /** Within two milliseconds: its queue is run between two rounds of its event loop. */
  void soon(Runnable task) {
    clock.schedule(Duration.ofNanos(1 + random.nextInt(2_000_000)), task);
  }

  FakeJob newJob(UnitName unit, int life, String invocation, String type) {
    FakeJob job = new FakeJob(++jobs, unit, life, invocation, type);
    connections.forEach(connection -> connection.jobNew(job));
    return job;
  }

  void jobEnded(FakeJob job, JobResult result) {
    boolean first = random.nextBoolean();
    if (first) {
      connections.forEach(connection -> connection.jobRemoved(job, result));
    }
    job.ended(result);
    if (!first) {
      connections.forEach(connection -> connection.jobRemoved(job, result));
    }
  }

  void changed(UnitName unit) {
    connections.forEach(connection -> connection.changed(unit));
  }

  void unload(UnitName unit) {
    units.remove(unit);
    changed(unit);
  }

  String newInvocation() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    String text = HexFormat.of().formatHex(id);
    invocations.put(text, invocations.size());
    return text;
  }

  Program programOf(UnitName unit) {
    return programs.apply(unit.slot().orElseThrow(), Optional.ofNullable(definitions.get(unit)));
  }

  FakeProcess spawn(UnitName unit, String invocation, Program program) {
    return new FakeProcess(
        ++pids, invocation, program, Optional.ofNullable(definitions.get(unit)), clock.nanos());
  }

  Definition definition(UnitName unit) {
    return definitions.get(unit);
  }

  String controlGroup(UnitName unit) {
    return "/system.slice/" + unit;
  }

  String unitFileState(UnitName unit) {
    return enabled.contains(unit) ? "enabled" : "disabled";
  }

  List<FakeConnection> connections() {
    return connections;
  }
}
