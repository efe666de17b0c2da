package hal0.tests.sim;

import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecProblem;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus.Exit;
import hal0.tests.sim.FakeBus.CallFault;
import hal0.tests.sim.FakeProcess.Mood;
import hal0.tests.sim.Program.Beginning;
import hal0.tests.sim.Program.Loading;
import hal0.tests.sim.Program.Stopping;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Everything that goes wrong, or that other people do. A history meets each at least once. */
public enum Fault {
  // The daemon itself.
  CRASH(Need.DAEMON, (world, slot, random) -> world.crash()),
  CRASH_AT_A_CALL(
      Need.DAEMON, (world, slot, random) -> world.life().endAfter(1 + random.nextInt(40))),
  CRASH_IN_A_WRITE(
      Need.DAEMON,
      (world, slot, random) -> {
        world.store().tears(true);
        world.life().endAfter(1 + random.nextInt(15));
      }),
  ORDERLY_END(Need.DAEMON, (world, slot, random) -> world.end()),
  CLOCK_JUMP(
      (world, slot, random) -> world.clock().jump(Duration.ofSeconds(random.nextInt(7200) - 3600))),

  // The way to systemd.
  BUS_LOSS(
      Need.DAEMON,
      (world, slot, random) -> {
        world.systemd().bus().fail();
        world.clock().schedule(upTo(random, 40_000), () -> world.systemd().bus().recover());
      }),
  BUS_FLICKER(
      Need.DAEMON,
      (world, slot, random) -> {
        world.systemd().bus().fail();
        world.clock().schedule(upTo(random, 20), () -> world.systemd().bus().recover());
      }),
  SIGNALS_DROPPED(
      Need.DAEMON, (world, slot, random) -> signals(world, 1 + random.nextInt(8), 0, 0, random)),
  SIGNALS_DOUBLED(
      Need.DAEMON, (world, slot, random) -> signals(world, 0, 1 + random.nextInt(8), 0, random)),
  SIGNALS_LATE(
      Need.DAEMON, (world, slot, random) -> signals(world, 0, 0, 1 + random.nextInt(3), random)),
  CALL_DENIED(
      Need.DAEMON, (world, slot, random) -> world.systemd().bus().spoilCall(CallFault.DENIED)),
  CALL_LOST(Need.DAEMON, (world, slot, random) -> world.systemd().bus().spoilCall(CallFault.LOST)),
  ANSWER_LOST(
      Need.DAEMON, (world, slot, random) -> world.systemd().bus().spoilCall(CallFault.ANSWER_LOST)),
  CALL_SLOW(Need.DAEMON, (world, slot, random) -> world.systemd().bus().spoilCall(CallFault.SLOW)),

  // The disk.
  DISK_FULL(
      (world, slot, random) -> {
        world.store().full(true);
        world.clock().schedule(upTo(random, 20_000), () -> world.store().full(false));
      }),
  DISK_SILENT(
      (world, slot, random) -> {
        world.store().silent(true);
        world.clock().schedule(upTo(random, 10_000), () -> world.store().silent(false));
      }),
  RECORD_CORRUPT_WHILE_AWAY(
      Need.DAEMON,
      (world, slot, random) -> {
        world.crash();
        world.store().corrupt(slot);
      }),
  DISK_READ_ONLY(
      (world, slot, random) -> {
        world.store().full(true);
        world.unitFiles().readOnly(true);
        world
            .clock()
            .schedule(
                upTo(random, 20_000),
                () -> {
                  world.store().full(false);
                  world.unitFiles().readOnly(false);
                });
      }),
  UNIT_FILES_READ_ONLY(
      (world, slot, random) -> {
        world.unitFiles().readOnly(true);
        world.clock().schedule(upTo(random, 20_000), () -> world.unitFiles().readOnly(false));
      }),

  // Slot files.
  FILES_UNREADABLE(
      (world, slot, random) -> {
        world.filesUnreadable(true);
        world.clock().schedule(upTo(random, 5_000), () -> world.filesUnreadable(false));
      }),
  FILE_EDITED(
      Need.FILE,
      (world, slot, random) ->
          world
              .spec(slot)
              .ifPresent(
                  spec ->
                      world.write(
                          SlotFile.usable(Slots.withModel(spec, "edited-" + random.nextInt(3)))))),
  FILE_BROKEN(
      Need.FILE,
      (world, slot, random) -> {
        SlotSpec was = world.spec(slot).orElse(null);
        world.write(SlotFile.broken(slot, List.of(new SpecProblem("port", 2, "is not a port"))));
        if (was != null) {
          world.clock().schedule(upTo(random, 30_000), () -> world.write(SlotFile.usable(was)));
        }
      }),
  FILE_DELETED(
      Need.FILE,
      (world, slot, random) -> {
        SlotSpec was = world.spec(slot).orElse(null);
        if (was != null) {
          world.remove(slot);
          world.clock().schedule(upTo(random, 30_000), () -> world.write(SlotFile.usable(was)));
        }
      }),

  // The processes.
  KILLED(Need.PROCESS, (world, slot, random) -> ends(world, slot, "signal", new Exit(true, 9))),
  SEGFAULT(
      Need.PROCESS, (world, slot, random) -> ends(world, slot, "core-dump", new Exit(true, 11))),
  OUT_OF_MEMORY(
      Need.PROCESS, (world, slot, random) -> ends(world, slot, "oom-kill", new Exit(true, 9))),
  WATCHDOG(Need.PROCESS, (world, slot, random) -> ends(world, slot, "watchdog", new Exit(true, 6))),
  EXIT_CODE(
      Need.PROCESS, (world, slot, random) -> ends(world, slot, "exit-code", new Exit(false, 1))),
  CLEAN_EXIT(
      Need.PROCESS, (world, slot, random) -> ends(world, slot, "success", new Exit(false, 0))),
  HUNG(Need.LOADED, (world, slot, random) -> feels(world, slot, Mood.HUNG)),
  HUNG_FOR_A_WHILE(
      Need.LOADED,
      (world, slot, random) -> {
        feels(world, slot, Mood.HUNG);
        world.clock().schedule(upTo(random, 60_000), () -> feels(world, slot, Mood.WELL));
      }),
  SICK(Need.LOADED, (world, slot, random) -> feels(world, slot, Mood.SICK)),
  GARBLED(Need.LOADED, (world, slot, random) -> feels(world, slot, Mood.GARBLED)),
  EMPTY(Need.LOADED, (world, slot, random) -> feels(world, slot, Mood.EMPTY)),
  FICKLE(Need.LOADED, (world, slot, random) -> feels(world, slot, Mood.FICKLE)),
  LYING(Need.LOADED, (world, slot, random) -> feels(world, slot, Mood.LYING)),
  WELL_AGAIN(Need.PROCESS, (world, slot, random) -> feels(world, slot, Mood.WELL)),
  PORT_TAKEN(
      Need.PROCESS,
      (world, slot, random) -> {
        world.ports().foreign(slot, true);
        world.clock().schedule(upTo(random, 60_000), () -> world.ports().foreign(slot, false));
      }),
  ANSWERS_SLOW(
      Need.PROCESS,
      (world, slot, random) -> {
        world.ports().slow(slot, upTo(random, 7_000));
        world.clock().schedule(upTo(random, 60_000), () -> world.ports().slow(slot, Duration.ZERO));
      }),
  PROBE_IMPOSSIBLE(
      Need.PROCESS,
      (world, slot, random) -> world.ports().inconclusive(slot, 1 + random.nextInt(10))),

  // What models are fetched from.
  PULL_FAILS((world, slot, random) -> world.pulls().failNext(1 + random.nextInt(2))),
  PULL_STALLS((world, slot, random) -> world.pulls().stallNext(1)),
  PULLS_SLOW(
      (world, slot, random) -> {
        world.pulls().usually(upTo(random, 60_000));
        world
            .clock()
            .schedule(upTo(random, 120_000), () -> world.pulls().usually(Duration.ofSeconds(3)));
      }),
  MODELS_LOST((world, slot, random) -> world.pulls().lose()),

  // The next starts.
  CANNOT_BE_EXECUTED(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Beginning.NO_EXEC))),
  DEPENDENCY_FAILS(
      (world, slot, random) ->
          next(world, slot, Program.wellBehaved().with(Beginning.NO_DEPENDENCY))),
  SLOW_TO_START(
      (world, slot, random) ->
          next(world, slot, Program.wellBehaved().executedAfter(upTo(random, 20_000)))),
  NEVER_STARTS(
      (world, slot, random) ->
          next(world, slot, Program.wellBehaved().executedAfter(Duration.ofMinutes(5)))),
  DIES_LOADING(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Loading.EXITS))),
  CRASH_LOOP(
      (world, slot, random) -> {
        for (int i = 0; i < 8; i++) {
          next(world, slot, quick(random).with(Loading.EXITS));
        }
      }),
  ENDS_LOADING(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Loading.ENDS))),
  OOM_LOADING(
      (world, slot, random) ->
          next(world, slot, Program.wellBehaved().with(Loading.RUNS_OUT_OF_MEMORY))),
  LOADS_FOR_EVER(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Loading.NEVER_ENDS))),
  LOADS_NOTHING(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Loading.STAYS_EMPTY))),
  LOADS_SLOWLY(
      (world, slot, random) ->
          next(
              world,
              slot,
              Program.wellBehaved()
                  .lasting(upTo(random, 10_000), upTo(random, 60_000), Duration.ofSeconds(3)))),
  IGNORES_SIGTERM(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Stopping.IGNORES))),
  ENDS_BADLY(
      (world, slot, random) -> next(world, slot, Program.wellBehaved().with(Stopping.EXITS_BADLY))),

  // People.
  PERSON_STARTS((world, slot, random) -> person(world, "start", slot)),
  PERSON_STOPS(Need.PROCESS, (world, slot, random) -> person(world, "stop", slot)),
  PERSON_RESTARTS(Need.PROCESS, (world, slot, random) -> person(world, "restart", slot)),
  PERSON_KILLS(Need.PROCESS, (world, slot, random) -> person(world, "kill", slot)),
  PERSON_RESETS((world, slot, random) -> person(world, "reset-failed", slot)),
  PERSON_RELOADS((world, slot, random) -> world.systemd().reload()),
  TEMPLATE_MISSING(
      (world, slot, random) -> {
        world.systemd().templateInstalled(false);
        world.clock().schedule(upTo(random, 20_000), () -> world.systemd().templateInstalled(true));
      });

  /** Does it. */
  @FunctionalInterface
  interface Deed {
    void happen(SlotWorld world, String slot, Random random);
  }

  /** What there must be for it to do anything. */
  enum Need {
    NOTHING,
    /** A daemon that runs. */
    DAEMON,
    /** A slot with a usable file. */
    FILE,
    /** A slot with a process. */
    PROCESS,
    /** A slot whose process has loaded what it was going to. */
    LOADED;

    private boolean isMet(SlotWorld world, String slot) {
      return switch (this) {
        case NOTHING -> true;
        case DAEMON -> world.isUp();
        case FILE -> world.spec(slot).isPresent();
        case PROCESS -> world.process(slot).isPresent();
        case LOADED ->
            world.process(slot).filter(one -> one.loadedAt() < world.clock().nanos()).isPresent();
      };
    }
  }

  private final Need need;

  @SuppressWarnings("ImmutableEnumChecker") // no deed keeps anything
  private final Deed deed;

  Fault(Deed deed) {
    this(Need.NOTHING, deed);
  }

  Fault(Need need, Deed deed) {
    this.need = need;
    this.deed = deed;
  }

  /** Whether it would do anything to that slot now. */
  boolean fits(SlotWorld world, String slot) {
    return need.isMet(world, slot);
  }

  /** Lets it happen to a slot. */
  void happen(SlotWorld world, String slot, Random random) {
    deed.happen(world, slot, random);
  }

  private static Duration upTo(Random random, int millis) {
    return Duration.ofMillis(1 + random.nextInt(millis));
  }

  private static void signals(SlotWorld world, int dropped, int doubled, int late, Random random) {
    world.systemd().bus().spoilSignals(dropped, doubled, late, upTo(random, 10_000));
  }

  private static void ends(SlotWorld world, String slot, String cause, Exit how) {
    world.systemd().processEnds(UnitName.ofSlot(slot), cause, how);
  }

  private static void feels(SlotWorld world, String slot, Mood mood) {
    world.process(slot).ifPresent(process -> process.feels(mood));
  }

  private static Program quick(Random random) {
    return Program.wellBehaved().lasting(upTo(random, 100), upTo(random, 2_000), upTo(random, 100));
  }

  private static void next(SlotWorld world, String slot, Program program) {
    world.program(slot, program);
  }

  private static void person(SlotWorld world, String verb, String slot) {
    if (world.systemd().hasTemplate()) {
      world.systemd().person(verb, UnitName.ofSlot(slot));
    }
  }
}
