package hal0.tests.sim;

import hal0.slots.event.SlotEvent;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** All rules over one world. */
final class Rules implements FakeSystemd.Tap {
  private final SlotWorld world;
  private final EdgeRule edges;
  private final CommandRule commands;
  private final RequestRule requests;
  private final List<Rule> rules;
  private final List<Throwable> found = new ArrayList<>();
  private final Consumer<SlotEvent> trace;
  private long seen;

  /**
   * @param trace hears every transition
   */
  Rules(SlotWorld world, Consumer<SlotEvent> trace) {
    this.world = world;
    this.trace = trace;
    this.edges = new EdgeRule(world);
    this.commands = new CommandRule(world, this::guard);
    this.requests = new RequestRule(world, this::guard);
    this.rules =
        List.of(
            edges,
            new EvidenceRule(world),
            new DeadUnitRule(world),
            commands,
            new DeadlineRule(world),
            new ActRule(world),
            new AskingRule(world),
            requests,
            new RecordRule(world),
            new PullRule(world, found::add),
            new TruthRule(world));
    world.systemd().tap(this);
    world.whenBooted(booted -> begin());
    world.clock().afterEach(this::look);
  }

  private void begin() {
    seen = 0;
    rules.forEach(Rule::booted);
  }

  /** After every task: what was published by it is judged while the world is as it was then. */
  private void look() {
    found.addAll(world.clock().failures());
    if (!found.isEmpty()) {
      throw found.getFirst() instanceof Violation violation
          ? violation
          : new Violation("faults", "something was thrown: " + stackOf(found.getFirst()));
    }
    if (world.life().number() > 0 && world.fleet().feed().lastSeq() > seen) {
      seen = world.fleet().feed().lastSeq();
      Map<String, SlotEvent> last = new TreeMap<>();
      for (SlotEvent event : world.newEvents()) {
        trace.accept(event);
        rules.forEach(rule -> rule.happened(event));
        last.put(event.slot(), event);
      }
      last.values().forEach(event -> rules.forEach(rule -> rule.arrived(event)));
    }
  }

  private static String stackOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** A command was given. */
  void commanded(Order order) {
    rules.forEach(rule -> rule.commanded(order));
  }

  /** One step is over. */
  void stepped() {
    world.clock().settle();
    look();
    if (world.isUp()) {
      rules.forEach(Rule::stepped);
    }
  }

  /** Everything has been well for long. */
  void settled() {
    stepped();
    rules.forEach(Rule::settled);
  }

  /** Every edge that was taken. */
  Set<String> edges() {
    return edges.taken();
  }

  /** What judges requests, which must be told of them. */
  RequestRule requests() {
    return requests;
  }

  /** How many commands were answered. */
  int answered() {
    return commands.answered();
  }

  /** Runs what may find a violation inside a call of the daemon, which must not get to see it. */
  private void guard(Runnable judgement) {
    try {
      judgement.run();
    } catch (RuntimeException | Error thrown) {
      found.add(thrown);
    }
  }

  @Override
  public void asked(String verb, UnitName unit) {
    rules.forEach(rule -> guard(() -> rule.asked(verb, unit)));
  }

  @Override
  public void changeHeard(UnitName unit) {
    rules.forEach(rule -> guard(() -> rule.changeHeard(unit)));
  }

  @Override
  public void jobHeard(UnitName unit, int life, String type, String invocation) {
    rules.forEach(rule -> guard(() -> rule.jobHeard(unit, life, type, invocation)));
  }

  @Override
  public void statusTold(UnitName unit, UnitStatus status) {
    rules.forEach(rule -> guard(() -> rule.statusTold(unit, status)));
  }
}
