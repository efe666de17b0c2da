package hal0.tests.sim;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What is wrong with slots' ports, whatever their processes do. */
public final class FakePorts {
  private final Set<String> foreign = new HashSet<>();
  private final Map<String, Integer> inconclusive = new HashMap<>();
  private final Map<String, Duration> slow = new HashMap<>();

  /** Whether a process outside the slot's unit holds its port. */
  public void foreign(String slot, boolean held) {
    if (held) {
      foreign.add(slot);
    } else {
      foreign.remove(slot);
    }
  }

  /** The next probes cannot be made for want of our own resources. */
  public void inconclusive(String slot, int probes) {
    inconclusive.merge(slot, probes, Integer::sum);
  }

  /** How long every answer takes from now on. */
  public void slow(String slot, Duration by) {
    slow.put(slot, by);
  }

  /** Everything is well again. */
  public void heal() {
    foreign.clear();
    inconclusive.clear();
    slow.clear();
  }

  boolean isForeign(String slot) {
    return foreign.contains(slot);
  }

  Duration slowness(String slot) {
    return slow.getOrDefault(slot, Duration.ZERO);
  }

  boolean takeInconclusive(String slot) {
    int left = inconclusive.getOrDefault(slot, 0);
    if (left > 0) {
      inconclusive.put(slot, left - 1);
    }
    return left > 0;
  }
}
