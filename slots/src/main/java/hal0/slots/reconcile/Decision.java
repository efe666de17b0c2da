package hal0.slots.reconcile;

import hal0.slots.lifecycle.Lifecycle.Kind;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What follows from the facts. Immutable.
 *
 * @param change a transition, made before anything else
 * @param restate another message, or reason, for the same state
 * @param steps what to do, if there is no change
 * @param wakeAt when to decide again although nothing happened, in {@code Clockwork.nanos()}
 */
public record Decision(
    Optional<Change> change, Optional<Saying> restate, Set<Step> steps, OptionalLong wakeAt) {

  /** A transition. */
  public record Change(SlotState to, Kind kind, Reason reason, String message) {}

  /**
   * How the same state is told.
   *
   * @param reason empty for the same reason
   */
  public record Saying(Optional<Reason> reason, String message) {}

  static Decision lifecycle(SlotState to, Reason reason, String message) {
    return change(to, Kind.LIFECYCLE, reason, message);
  }

  static Decision observed(SlotState to, Reason reason, String message) {
    return change(to, Kind.OBSERVED, reason, message);
  }

  private static Decision change(SlotState to, Kind kind, Reason reason, String message) {
    return new Decision(
        Optional.of(new Change(to, kind, reason, message)),
        Optional.empty(),
        Set.of(),
        OptionalLong.empty());
  }

  static Decision rest() {
    return new Decision(Optional.empty(), Optional.empty(), Set.of(), OptionalLong.empty());
  }

  static Decision doing(Step step) {
    return rest().and(step);
  }

  Decision saying(String message) {
    return new Decision(change, Optional.of(new Saying(Optional.empty(), message)), steps, wakeAt);
  }

  Decision saying(Reason reason, String message) {
    return new Decision(
        change, Optional.of(new Saying(Optional.of(reason), message)), steps, wakeAt);
  }

  /** Wakes at that time too, if it is earlier; 0 is no time. */
  Decision wake(long at) {
    if (at == 0) {
      return this;
    }
    long earlier = wakeAt.isPresent() && wakeAt.getAsLong() - at < 0 ? wakeAt.getAsLong() : at;
    return new Decision(change, restate, steps, OptionalLong.of(earlier));
  }

  Decision and(Step step) {
    Set<Step> set = EnumSet.of(step);
    set.addAll(steps);
    return new Decision(change, restate, Collections.unmodifiableSet(set), wakeAt);
  }
}
