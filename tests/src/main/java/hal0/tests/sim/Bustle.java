package hal0.tests.sim;

import hal0.slots.SlotException;
import hal0.slots.admission.Lease;
import hal0.slots.reconcile.FleetPorts;
import hal0.slots.room.Budget;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/**
 * Another kind of history: nothing breaks but processes and the daemon, and more is wanted than
 * there is room for. Slots are woken by requests, wait in queues and give way to each other; {@link
 * BustleRule} judges.
 */
public final class Bustle {
  private static final int STEPS = 250;
  private static final long GIB = 1L << 30;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Random random;
  private final SlotWorld world;
  private final BustleRule rule;
  private final Trace trace;
  private final List<Asker> askers = new ArrayList<>();
  private int admitted;
  private int refused;

  /** A request that waits or is inside. */
  record Asker(String slot, Life life, CompletableFuture<Lease> place, long until) {
    boolean isInside() {
      return !life.isOver()
          && place.isDone()
          && !place.isCompletedExceptionally()
          && !place.join().ended().isDone();
    }

    boolean waits() {
      return !place.isDone() && !life.isOver();
    }
  }

  /**
   * What a history was.
   *
   * @param admitted how many requests were let in
   * @param refused how many were not
   * @param evicted how many slots gave way
   * @param woken how many loads were begun by a request
   */
  public record Report(long seed, int admitted, int refused, int evicted, int woken) {}

  /** A history of a daemon as it is. */
  public Bustle(long seed) {
    this(seed, UnaryOperator.identity());
  }

  /** A history of a daemon with something wrong; see {@link SlotWorld}. */
  public Bustle(long seed, UnaryOperator<FleetPorts> sabotage) {
    this.random = new Random(seed * 17 + 3);
    this.world = new SlotWorld(seed, sabotage);
    this.trace = new Trace(world.clock());
    this.rule = new BustleRule(world, 10 * GIB, askers, trace);
  }

  /** Everything that happened so far, one line each. */
  public List<String> trace() {
    return trace.lines();
  }

  /**
   * Lets it happen.
   *
   * @throws Violation if a rule is broken
   */
  public Report run(long seed) {
    world.usual(() -> Program.drawn(random));
    world.budget(new Budget(10 * GIB, Long.MAX_VALUE));
    slots().forEach(spec -> world.write(SlotFile.usable(spec)));
    world.boot();
    for (int step = 0; step < STEPS; step++) {
      if (!world.isUp()) {
        world.boot();
      }
      act();
      world.clock().advance(Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 9000 : 400)));
      rule.stepped();
    }
    List.copyOf(askers).forEach(this::end);
    world.clock().advance(Duration.ofSeconds(240));
    rule.stepped();
    return new Report(seed, admitted, refused, rule.evicted(), rule.woken());
  }

  private static List<SlotSpec> slots() {
    Duration never = Duration.ZERO;
    SlotSpec chat = Slots.of("chat", Provider.LLAMA_SERVER, 8101, "qwen");
    SlotSpec coder = Slots.of("coder", Provider.VLLM, 8102, "coder-7b");
    SlotSpec draw = Slots.of("draw", Provider.LLAMA_SERVER, 8103, "draw");
    SlotSpec tts = Slots.of("tts", Provider.KOKORO, 8104, "");
    SlotSpec voice = Slots.of("voice", Provider.WHISPER, 8105, "base");
    return List.of(
        Slots.woken(Slots.needing(chat, 4 * GIB, false), 2, 3, PATIENCE),
        Slots.woken(Slots.needing(coder, 5 * GIB, false), 1, 0, PATIENCE),
        Slots.needing(Slots.quiet(draw, Duration.ofSeconds(3), Duration.ofSeconds(6)), GIB, false),
        Slots.needing(Slots.quiet(tts, never, never), 2 * GIB, true),
        Slots.woken(Slots.needing(voice, 3 * GIB, false), 0, 0, PATIENCE));
  }

  private void act() {
    String slot = world.slots().get(random.nextInt(world.slots().size()));
    int roll = random.nextInt(100);
    if (roll < 40) {
      for (int times = random.nextInt(10) == 0 ? 10 : 1; times > 0; times--) {
        ask(slot);
      }
    } else if (roll < 75) {
      askers.removeIf(one -> one.life().isOver() || one.place().isDone() && !one.isInside());
      if (!askers.isEmpty()) {
        end(askers.get(random.nextInt(askers.size())));
      }
    } else if (roll < 83) {
      give("load", slot);
    } else if (roll < 87) {
      give("unload", slot);
    } else if (roll < 90) {
      give("restart", slot);
    } else if (roll < 93) {
      give("swap", slot);
    } else if (roll < 96) {
      world
          .process(slot)
          .ifPresent(
              process -> {
                trace.note("the process of " + slot + " is killed");
                world.systemd().person("kill", UnitName.ofSlot(slot));
              });
    } else if (roll < 97) {
      trace.note("the daemon is killed");
      world.crash();
    }
  }

  private void ask(String slot) {
    long until = world.clock().nanos() + PATIENCE.plus(Duration.ofSeconds(11)).toNanos();
    Asker asker = new Asker(slot, world.life(), world.fleet().enter(slot), until);
    askers.add(asker);
    rule.asked(asker);
    asker
        .place()
        .whenComplete(
            (lease, failure) -> {
              Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
              if (lease != null) {
                admitted++;
                trace.note("a request to " + slot + " is let in");
              } else if (why instanceof SlotException) {
                refused++;
              }
            });
  }

  private void end(Asker asker) {
    askers.remove(asker);
    if (asker.life().isOver()) {
      return;
    }
    if (asker.isInside()) {
      trace.note("a request to " + asker.slot() + " is over");
      asker.place().join().close();
    } else {
      asker.place().cancel(true);
    }
  }

  private void give(String verb, String slot) {
    trace.note("asked: " + verb + " " + slot);
    rule.commanded(verb, slot);
    switch (verb) {
      case "load" -> world.fleet().load(slot, Optional.empty());
      case "unload" -> world.fleet().unload(slot);
      case "restart" -> world.fleet().restart(slot);
      default -> world.fleet().swap(slot, "model-" + random.nextInt(3));
    }
  }
}
