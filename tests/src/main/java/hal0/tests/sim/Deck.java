package hal0.tests.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Deals the faults like cards: each kind once before any comes again, and none where it would do
 * nothing.
 */
final class Deck {
  /** A fault, and the slot that it happens to. */
  record Card(Fault fault, String slot) {}

  private final SlotWorld world;
  private final Random random;
  private final List<Fault> left = new ArrayList<>();
  private final Map<Fault, Integer> dealt = new EnumMap<>(Fault.class);

  Deck(SlotWorld world, Random random) {
    this.world = world;
    this.random = random;
  }

  /** How often each kind was dealt. */
  Map<Fault, Integer> dealt() {
    return dealt;
  }

  /** Whether every kind was dealt. */
  boolean isDealt() {
    return dealt.size() == Fault.values().length;
  }

  /** The first card that fits a slot; empty when none of those that are left does. */
  Optional<Card> next() {
    if (left.isEmpty()) {
      left.addAll(List.of(Fault.values()));
      Collections.shuffle(left, random);
    }
    List<String> slots = new ArrayList<>(world.slots());
    Collections.shuffle(slots, random);
    for (int i = left.size() - 1; i >= 0; i--) {
      Fault fault = left.get(i);
      for (String slot : slots) {
        if (fault.fits(world, slot)) {
          left.remove(i);
          dealt.merge(fault, 1, Integer::sum);
          return Optional.of(new Card(fault, slot));
        }
      }
    }
    return Optional.empty();
  }
}
