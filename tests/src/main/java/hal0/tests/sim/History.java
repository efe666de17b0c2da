package hal0.tests.sim;

import hal0.slots.lifecycle.SlotState;
import hal0.slots.reconcile.FleetPorts;
import hal0.tests.sim.FakeProcess.Mood;
import java.time.Duration;
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

  /** At least that many faults happen. */
  public static final int FAULTS = 20;

  /** Enough for every kind of fault to find a slot that it fits. */
  private static final int MOST_STEPS = 2_000;

  /**
   * Longer than anything that was begun may take: a grace, a start and a stop that time out, a
   * start limit.
   */
  private static final Duration SETTLING = Duration.ofSeconds(240);

  private final long seed;
  private final Random random;
  private final SlotWorld world;
  private final Rules rules;
  private final Trace trace;
  private final Deck deck;
  private final Wishes wishes;
  private final Requests requests;
  private long bootAt;

  /**
   * What a history was.
   *
   * @param faults how often each kind of fault happened, to a slot where it did something
   * @param requests how many requests were let in
   * @param edges every edge that was taken, with its reason
   * @param trace everything that happened, one line each
   */
  public record Report(
      long seed,
      int steps,
      Map<Fault, Integer> faults,
      int commands,
      int answered,
      int requests,
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
    this.trace = new Trace(world.clock());
    this.rules = new Rules(world, trace::note);
    this.deck = new Deck(world, random);
    this.wishes = new Wishes(world, rules::commanded, trace::note);
    this.requests = new Requests(world, rules.requests(), trace::note);
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
  public Report run() {
    new Opening(world, random).prepare();
    boot();
    int least = STEPS + random.nextInt(60);
    int steps = 0;
    while (steps < least || !deck.isDealt() && steps < MOST_STEPS) {
      step();
      steps++;
    }
    heal();
    rest();
    Map<String, SlotState> before = states();
    trace.note("the daemon is killed once more");
    world.crash();
    boot();
    rest();
    compare(before, states());
    return new Report(
        seed,
        steps,
        deck.dealt(),
        wishes.orders(),
        rules.answered(),
        requests.admitted(),
        rules.edges(),
        trace());
  }

  // One step.

  private void step() {
    if (!world.isUp() && bootAt == 0) {
      trace.note("the daemon has ended " + world.life().endedAt());
      bootAt =
          world.clock().nanos()
              + Duration.ofMillis(random.nextInt(random.nextBoolean() ? 200 : 20_000)).toNanos();
    }
    if (!world.isUp() && world.clock().nanos() >= bootAt) {
      boot();
    }
    int roll = random.nextInt(100);
    if (roll < 32) {
      fault();
    } else if (roll < 57 && world.isUp()) {
      wishes.draw(anySlot(), random);
    } else if (roll < 62 && world.isUp()) {
      world.fleet().refresh();
    } else if (roll < 85 && world.isUp()) {
      requests.draw(anySlot(), random);
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
    trace.note(
        "the daemon begins its life " + world.life().number() + (up ? "" : ", and ends at once"));
  }

  private void fault() {
    Optional<Deck.Card> card = deck.next();
    if (card.isPresent()) {
      trace.note(card.get().fault() + " (" + card.get().slot() + ")");
      card.get().fault().happen(world, card.get().slot(), random);
    } else if (world.isUp()) {
      // What is left in the deck needs a process.
      wishes.give("load", anySlot(), Optional.empty());
    }
  }

  private String anySlot() {
    List<String> slots = world.slots();
    return slots.isEmpty() ? "chat" : slots.get(random.nextInt(slots.size()));
  }

  // The end.

  /** Everything is well from now on; what is wrong with running processes may stay. */
  private void heal() {
    trace.note("everything is well from now on");
    requests.endAll();
    world.heal();
    // Files that are being mended are mended within half a minute.
    world.clock().advance(Duration.ofSeconds(31));
    for (String slot : world.slots()) {
      boolean fickle = world.process(slot).filter(one -> one.mood() == Mood.FICKLE).isPresent();
      if (fickle || random.nextBoolean()) {
        world.process(slot).ifPresent(process -> process.feels(Mood.WELL));
      }
    }
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
}
