package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What is published is on disk already; after trouble with the disk, soon again. */
final class RecordRule implements Rule {
  private static final Duration RECOVERY = Duration.ofSeconds(10);

  private final SlotWorld world;
  private long bootedAt;

  RecordRule(SlotWorld world) {
    this.world = world;
  }

  @Override
  public void booted() {
    bootedAt = world.clock().nanos();
  }

  @Override
  public void arrived(SlotEvent event) {
    // A daemon that was killed just after a write has not published it; what comes with every
    // request is written later.
    if (isFlip(event.from(), event.to())) {
      return;
    }
    if (!world.store().isWell() || !world.isUp()) {
      return;
    }
    Optional<SlotRecord> record = world.store().record(event.slot());
    boolean same =
        record
                .filter(one -> one.state() == event.to() && one.reason() == event.reason())
                .isPresent()
            && record.get().modelId().equals(event.modelId());
    if (!same) {
      throw new Violation("records", event + " was published, but on disk is " + record);
    }
  }

  private static boolean isFlip(SlotState from, SlotState to) {
    return from != to && Set.of(from, to).equals(Set.of(SlotState.READY, SlotState.SERVING));
  }

  private static boolean isNotSaved(SlotView shown, SlotRecord saved) {
    return shown.state() != saved.state() && !isFlip(shown.state(), saved.state());
  }

  @Override
  public void stepped() {
    if (!world.store().isWellFor(RECOVERY)
        || world.clock().nanos() - bootedAt < RECOVERY.toNanos()) {
      return;
    }
    for (String slot : world.slots()) {
      Optional<SlotView> view = world.view(slot);
      Optional<SlotRecord> record = world.store().record(slot);
      if (view.isPresent() && record.isPresent() && isNotSaved(view.get(), record.get())) {
        throw new Violation(
            "records", slot + " is shown " + view.get().state() + ", but on disk is " + record);
      }
    }
  }
}
