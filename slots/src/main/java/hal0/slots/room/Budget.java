package hal0.slots.room;

import hal0.slots.spec.SlotSpec;

/**
 * An amount of memory and of video memory, in bytes; a budget has {@code Long.MAX_VALUE} for what
 * it does not limit. Immutable.
 */
public record Budget(long memory, long vram) {
  /** Limits nothing. */
  public static final Budget UNLIMITED = new Budget(Long.MAX_VALUE, Long.MAX_VALUE);

  static final Budget NOTHING = new Budget(0, 0);

  /** What a slot takes. */
  public static Budget of(SlotSpec.Needs needs) {
    return new Budget(needs.memory().orElse(0L), needs.vram().orElse(0L));
  }

  boolean isNothing() {
    return memory == 0 && vram == 0;
  }

  Budget plus(Budget other) {
    return new Budget(add(memory, other.memory), add(vram, other.vram));
  }

  private static long add(long one, long other) {
    long sum = one + other;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** What {@code wanted} is too much for this, after {@code used}. */
  Budget lack(Budget used, Budget wanted) {
    Budget sum = used.plus(wanted);
    return new Budget(Math.max(0, sum.memory - memory), Math.max(0, sum.vram - vram));
  }

  boolean covers(Budget wanted) {
    return memory >= wanted.memory && vram >= wanted.vram;
  }
}
