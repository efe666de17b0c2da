package hal0.tests.sim;

import hal0.slots.Command;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.reconcile.FleetPorts;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.tests.sim.FakeProcess.Mood;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * One history: commands, faults of every kind and people, in an order drawn from the seed; rules
 * judge each step.
 */
public final class History {
  /** At least that many steps are made. */
  public static final int STEPS = 200;

  /**
   * Longer than anything that was begun may take: a grace, a start and a stop that time out, a
   * start limit.
   */
  private static final Duration SETTLING = Duration.ofSeconds(240);

  private final long seed;
  private final Random random;
  private final SlotWorld world;
  private final Rules rules;
  private final List<String> trace = new ArrayList<>();
  private final List<Fault> deck = new ArrayList<>();
  private final Map<Fault, Integer> dealt = new EnumMap<>(Fault.class);
  private long bootAt;
  private int orders;

  /**
   * What a history was.
   *
   * @param edges every edge that was taken, with its reason
   * @param trace everything that happened, one line each
   */
  public record Report(
      long seed,
      int steps,
      Map<Fault, Integer> faults,
      int commands,
      int answered,
      Set<String> edges,
      List<String> trace) {
    /** How many faults there were. */
    public int faultCount() {
      return faults.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** A history of a daemon as it is. */
  public History(long seed) {
    this(seed, UnaryOperator.identity());
  }

  /** A history of a daemon with something wrong; see {@link SlotWorld}. */
  public History(long seed, UnaryOperator<FleetPorts> sabotage) {
    this.seed = seed;
    this.random = new Random(seed * 31 + 7);
    this.world = new SlotWorld(seed, sabotage);
    this.rules = new Rules(world, this::note);
  }

  /** Everything that happened so far, one line each. */
  public List<String> trace() {
    return trace;
  }

  /**
   * Lets it happen.
   *
   * @throws Violation if a rule is broken
   */
  public Report run() {
    prepare();
    int steps = STEPS + random.nextInt(60);
    for (int step = 0; step < steps || !isEverythingDealt(); step++) {
      step();
    }
    heal();
    rest();
    Map<String, SlotState> before = states();
    note("the daemon is killed once more");
    world.crash();
    boot();
    rest();
    compare(before, states());
    return new Report(seed, steps, dealt, orders, rules.answered(), rules.edges(), trace);
  }

  // The beginning.

  private void prepare() {
    List<SlotSpec> shapes =
        new ArrayList<>(
            List.of(
                Slots.of("chat", Provider.LLAMA_SERVER, 8101, "qwen"),
                Slots.withRestart(
                    Slots.of("coder", Provider.VLLM, 8102, "coder-7b"),
                    "always",
                    Duration.ofMillis(100)),
                Slots.withRestart(
                    Slots.of("draw", Provider.OPENAI, 8103, ""), "no", Duration.ofSeconds(1)),
                Slots.of("tts", Provider.KOKORO, 8104, ""),
                Slots.withRestart(
                    Slots.of("voice", Provider.WHISPER, 8105, "base"),
                    "always",
                    Duration.ofSeconds(2))));
    Collections.shuffle(shapes, random);
    for (SlotSpec spec : shapes.subList(0, 3)) {
      world.write(SlotFile.usable(spec));
      if (random.nextInt(3) == 0) {
        leaveBehind(spec);
      }
    }
    world.systemd().reload();
    world.clock().advance(Duration.ofMillis(random.nextInt(8000)));
    boot();
  }

  /** What a former daemon left: a unit that may run, a record in any state. */
  private void leaveBehind(SlotSpec spec) {
    world.unitFiles().files().put(spec.name(), new Definition(spec, spec.model().id()));
    world.systemd().reload();
    if (random.nextBoolean()) {
      world.systemd().person("start", hal0.systemd.UnitName.ofSlot(spec.name()));
    }
    SlotState state = SlotState.values()[random.nextInt(SlotState.values().length)];
    SlotRecord record =
        new SlotRecord(
            spec.name(),
            state,
            spec.model().id().orElse(""),
            spec.port(),
            world.clock().now(),
            "left behind",
            Reason.REQUESTED,
            Map.of());
    world.store().put(record);
  }

  // One step.

  private void step() {
    if (!world.isUp() && bootAt == 0) {
      note("the daemon has ended " + world.life().endedAt());
      bootAt =
          world.clock().nanos()
              + Duration.ofMillis(random.nextInt(random.nextBoolean() ? 200 : 20_000)).toNanos();
    }
    if (!world.isUp() && world.clock().nanos() >= bootAt) {
      boot();
    }
    int roll = random.nextInt(100);
    if (roll < 30) {
      fault();
    } else if (roll < 65 && world.isUp()) {
      command();
    } else if (roll < 72 && world.isUp()) {
      world.fleet().refresh();
    }
    advance();
    rules.stepped();
  }

  private void advance() {
    int roll = random.nextInt(100);
    int most = roll < 35 ? 10 : roll < 70 ? 1_000 : roll < 95 ? 8_000 : 45_000;
    world.clock().advance(Duration.ofNanos((long) (random.nextDouble() * most * 1_000_000)));
  }

  private void boot() {
    bootAt = 0;
    boolean up = world.boot();
    note("the daemon begins its life " + world.life().number() + (up ? "" : ", and ends at once"));
  }

  private boolean isEverythingDealt() {
    return dealt.size() == Fault.values().length;
  }

  private void fault() {
    if (deck.isEmpty()) {
      deck.addAll(List.of(Fault.values()));
      Collections.shuffle(deck, random);
    }
    Fault fault = deck.removeLast();
    String slot = anySlot();
    dealt.merge(fault, 1, Integer::sum);
    note(fault + " (" + slot + ")");
    fault.happen(world, slot, random);
  }

  private String anySlot() {
    List<String> slots = world.slots();
    return slots.isEmpty() ? "chat" : slots.get(random.nextInt(slots.size()));
  }

  private void command() {
    String slot = anySlot();
    int roll = random.nextInt(100);
    if (roll < 40) {
      give("load", slot, Optional.empty());
    } else if (roll < 50) {
      give("load", slot, Optional.of(model()));
    } else if (roll < 75) {
      give("unload", slot, Optional.empty());
    } else if (roll < 88) {
      give("restart", slot, Optional.empty());
    } else {
      give("swap", slot, Optional.of(model()));
    }
  }

  private String model() {
    return random.nextInt(10) == 0
        ? MemoryUnitFiles.MODEL_WITHOUT_PATH
        : "model-" + random.nextInt(3);
  }

  private void give(String verb, String slot, Optional<String> model) {
    Command command =
        switch (verb) {
          case "load" -> world.fleet().load(slot, model);
          case "unload" -> world.fleet().unload(slot);
          case "restart" -> world.fleet().restart(slot);
          default -> world.fleet().swap(slot, model.orElseThrow());
        };
    Order order = new Order(verb, slot, model, world.clock().nanos(), world.life(), command);
    orders++;
    note("asked: " + order);
    command
        .done()
        .whenComplete(
            (view, failure) ->
                note("answered: " + order + ": " + (failure == null ? view.state() : failure)));
    rules.commanded(order);
  }

  // The end.

  /** Everything is well from now on; what is wrong with running processes may stay. */
  private void heal() {
    note("everything is well from now on");
    world.systemd().bus().heal();
    world.systemd().templateInstalled(true);
    world.store().full(false);
    world.store().silent(false);
    world.store().tears(false);
    world.unitFiles().readOnly(false);
    world.filesUnreadable(false);
    world.ports().heal();
    world.programsAreWell();
    world.life().endAfter(Integer.MAX_VALUE);
    for (String slot : world.slots()) {
      boolean fickle = world.process(slot).filter(one -> one.mood() == Mood.FICKLE).isPresent();
      if (fickle || random.nextBoolean()) {
        world.process(slot).ifPresent(process -> process.feels(Mood.WELL));
      }
    }
    // Files that are being mended are mended within half a minute.
    world.clock().advance(Duration.ofSeconds(31));
    while (!world.isUp()) {
      boot();
    }
    world.fleet().refresh();
  }

  /** Long enough for everything to end; then nothing may happen any more. */
  private void rest() {
    for (int i = 0; i < 24; i++) {
      world.clock().advance(SETTLING.dividedBy(24));
      rules.stepped();
    }
    rules.settled();
    if (!world.fleet().isReconciled()) {
      throw new Violation("reconciled", "not everything was looked at: " + world.fleet().views());
    }
    Map<String, SlotState> before = states();
    world.clock().advance(Duration.ofSeconds(90));
    rules.settled();
    compare(before, states());
  }

  private Map<String, SlotState> states() {
    Map<String, SlotState> states = new TreeMap<>();
    for (String slot : world.slots()) {
      states.put(slot, world.view(slot).map(view -> view.state()).orElse(SlotState.OFFLINE));
    }
    return states;
  }

  /**
   * Nothing changes by itself but what is quiet; after a restart an error whose unit is gone may be
   * found stopped.
   */
  private static void compare(Map<String, SlotState> before, Map<String, SlotState> after) {
    before.forEach(
        (slot, was) -> {
          SlotState is = after.get(slot);
          boolean same = was == is || (was.isLive() && is.isLive());
          boolean foundStopped = was == SlotState.ERROR && is == SlotState.OFFLINE;
          if (!same && !foundStopped) {
            throw new Violation(
                "steady", slot + " was " + was + " and is " + is + ", though nothing happened");
          }
        });
  }

  private void note(SlotEvent event) {
    note(
        event.slot()
            + ": "
            + event.from().word()
            + " -> "
            + event.to().word()
            + " ("
            + event.reason().word()
            + ") "
            + event.message());
  }

  private void note(String what) {
    trace.add(
        String.format(java.util.Locale.ROOT, "%10.3f  %s", world.clock().nanos() / 1e9, what));
  }
}
