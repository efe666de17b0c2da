package hal0.tests.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * An upstream is asked how it is, and not besieged: whatever happens, only so often within a
 * second.
 */
final class AskingRule implements Rule {
  /** Every 40 ms, and at once whenever something has changed. */
  private static final int MOST = 60;

  private static final long SECOND = 1_000_000_000L;

  private final SlotWorld world;
  private final Map<String, Deque<Long>> asked = new TreeMap<>();
  private String worst = "";

  AskingRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void booted() {
    asked.clear();
    world.probe().whenAsked(this::asked);
  }

  private void asked(String slot) {
    long now = world.clock().nanos();
    Deque<Long> times = asked.computeIfAbsent(slot, key -> new ArrayDeque<>());
    times.addLast(now);
    while (now - times.getFirst() > SECOND) {
      times.removeFirst();
    }
    worst = times.size() > MOST ? slot + " was asked " + times.size() + " times" : worst;
  }

  @Override
  public void stepped() {
    if (!worst.isEmpty()) {
      throw new Violation("besieged", worst + " within a second");
    }
  }
}
