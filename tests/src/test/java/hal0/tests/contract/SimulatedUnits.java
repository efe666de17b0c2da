package hal0.tests.contract;

import hal0.slots.SlotException;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.systemd.UnitWatch;
import hal0.tests.sim.Definition;
import hal0.tests.sim.FakeConnection;
import hal0.tests.sim.FakeSystemd;
import hal0.tests.sim.Life;
import hal0.tests.sim.MemoryUnitFiles;
import hal0.tests.sim.Program;
import hal0.tests.sim.SimClockwork;
import hal0.tests.sim.Slots;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A simulated systemd, whose clock moves while a test awaits something. */
final class SimulatedUnits implements UnitWorld {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration MOMENT = Duration.ofMillis(5);
  private static final Duration NEVER = Duration.ofSeconds(80);

  private final SimClockwork clock;
  private final MemoryUnitFiles files = new MemoryUnitFiles();
  private final FakeSystemd systemd;
  private final FakeConnection connection;

  SimulatedUnits(long seed) {
    clock = new SimClockwork(seed);
    systemd = new FakeSystemd(clock, seed, files::files, (slot, definition) -> program(definition));
    connection = systemd.connect(new Life(clock, 1));
  }

  /** What a drop-in makes the unit do stands in its model's name. */
  private static Program program(Optional<Definition> definition) {
    Program well = Program.wellBehaved();
    String behaviour = definition.flatMap(Definition::model).orElse(Behaviour.NO_PROGRAM.name());
    return switch (Behaviour.valueOf(behaviour)) {
      case RUNS, IS_RESTARTED -> well;
      case NEVER_STARTS -> well.executedAfter(NEVER);
      case NO_PROGRAM -> well.with(Program.Beginning.NO_EXEC);
      case CRASHES -> well.with(Program.Loading.EXITS).lasting(MOMENT, MOMENT, MOMENT);
      case IGNORES_STOP -> well.with(Program.Stopping.IGNORES);
    };
  }

  @Override
  public UnitControl control() {
    return connection;
  }

  @Override
  public UnitWatch watch() {
    return connection;
  }

  @Override
  public void define(String slot, Behaviour behaviour) {
    SlotSpec spec = Slots.of(slot, Provider.GENERIC, 8101, behaviour.name());
    boolean restarted = behaviour == Behaviour.IS_RESTARTED || behaviour == Behaviour.CRASHES;
    SlotSpec whole =
        Slots.withRestart(spec, restarted ? "on-failure" : "no", Duration.ofMillis(100));
    try {
      files.open(new Life(clock, 99)).write(whole, Optional.of(behaviour.name()));
    } catch (IOException | SlotException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void person(String verb, UnitName unit) {
    systemd.person(verb, unit);
  }

  @Override
  public void killMain(UnitName unit) {
    systemd.processEnds(unit, "signal", new UnitStatus.Exit(true, 9));
  }

  @Override
  public void template(boolean there) {
    systemd.templateInstalled(there);
  }

  @Override
  public void bus(boolean up) {
    if (up) {
      systemd.bus().recover();
    } else {
      systemd.bus().fail();
    }
  }

  @Override
  public <T> T await(String what, Supplier<T> question, Predicate<? super T> wanted) {
    long deadline = clock.nanos() + PATIENCE.toNanos();
    T answer = question.get();
    while (!wanted.test(answer)) {
      if (clock.nanos() > deadline) {
        throw new AssertionError(
            "not within simulated " + PATIENCE + ": " + what + "; last seen: " + answer);
      }
      clock.advance(MOMENT);
      answer = question.get();
    }
    return answer;
  }

  @Override
  public void close() {
    if (!clock.failures().isEmpty()) {
      throw new AssertionError("a simulated task threw", clock.failures().getFirst());
    }
  }
}
