package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotFile;
import hal0.tests.sim.FakeProcess.Mood;
import hal0.tests.sim.MemoryStore.Half;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tells one story, in which the first daemon may be killed, and judges how it ends. */
final class Telling {
  private static final Duration STEP = Duration.ofMillis(250);
  private static final Duration REST = Duration.ofSeconds(150);
  private static final long SEED = 11;

  private final Story story;
  private final SlotWorld world = new SlotWorld(SEED);
  private final Trace trace = new Trace(world.clock());
  private final Rules rules = new Rules(world, trace::note);
  private final Wishes wishes = new Wishes(world, rules::commanded, trace::note);

  Telling(Story story) {
    this.story = story;
  }

  List<String> trace() {
    return trace.lines();
  }

  /**
   * Without a crash: how many calls of ports the daemon made, which is where it could be killed.
   */
  int tell() {
    begin();
    play();
    int calls = world.life().calls();
    end();
    return calls;
  }

  /**
   * With the daemon killed at a call, from 1.
   *
   * @param half what is left if that call is a write
   * @return where it was killed
   */
  String tell(int call, Half half) {
    world.store().leaves(half);
    begin(call);
    Life first = world.life();
    play();
    if (!first.isOver()) {
      throw new AssertionError("it was not killed at call " + call + " of " + first.calls());
    }
    end();
    return first.endedAt();
  }

  private void begin() {
    begin(Integer.MAX_VALUE);
  }

  private void begin(int call) {
    world.write(SlotFile.usable(Slots.of(Story.SLOT, Provider.LLAMA_SERVER, 8101, "qwen")));
    world.whenBooting(life -> life.endAfter(life.number() == 1 ? call : Integer.MAX_VALUE));
    boot();
  }

  private void boot() {
    boolean up = world.boot();
    trace.note("the daemon begins its life " + world.life().number() + (up ? "" : ", and ends"));
  }

  private void play() {
    for (Story.Scene scene : story.scenes()) {
      switch (scene) {
        case Story.Ask ask -> {
          if (world.isUp()) {
            wishes.give(ask.verb(), Story.SLOT, ask.model());
          }
        }
        case Story.Happen happen -> happen.change().to(world);
        case Story.Wait wait -> pass(wait.time());
      }
    }
  }

  /** Whoever starts hal0 again does so within a moment. */
  private void pass(Duration time) {
    long until = world.clock().nanos() + time.toNanos();
    while (world.clock().nanos() < until) {
      world.clock().advance(STEP);
      rules.stepped();
      if (!world.isUp()) {
        trace.note("the daemon has ended " + world.life().endedAt());
        boot();
      }
    }
  }

  /** The truth is reached, by another daemon too, and the slot does what is asked of it. */
  private void end() {
    pass(REST);
    rules.settled();
    SlotState before = state();
    Optional<Integer> pid = world.process(Story.SLOT).map(FakeProcess::pid);
    trace.note("the daemon is killed once more");
    world.crash();
    boot();
    pass(REST);
    rules.settled();
    boolean foundStopped = before == SlotState.ERROR && state() == SlotState.OFFLINE;
    if (before != state() && !foundStopped) {
      throw new Violation("steady", "it was " + before + ", and is " + state());
    }
    if (!world.process(Story.SLOT).map(FakeProcess::pid).equals(pid)) {
      throw new Violation("steady", "another process runs, though nothing happened");
    }
    world.programsAreWell();
    world.pulls().heal();
    world.process(Story.SLOT).ifPresent(one -> one.feels(Mood.WELL));
    reach("restart", SlotState.READY);
    reach("unload", SlotState.OFFLINE);
  }

  private void reach(String verb, SlotState state) {
    Order order = wishes.give(verb, Story.SLOT, Optional.empty());
    pass(REST);
    rules.settled();
    if (order.isOpen() || state() != state) {
      throw new Violation("stuck", order + " led to " + world.view(Story.SLOT));
    }
  }

  private SlotState state() {
    return world.view(Story.SLOT).map(SlotView::state).orElse(SlotState.OFFLINE);
  }
}
