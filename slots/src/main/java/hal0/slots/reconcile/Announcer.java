package hal0.slots.reconcile;

import hal0.slots.event.EventFeed;
import hal0.slots.event.Evidence;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.slots.time.Clockwork;
import java.time.Duration;

/**
 * Tells one slot's transitions to the feed, those between ready and serving at most ten a second,
 * the last one always. What is told is a chain: each begins where the one before ended. For the
 * slot's loop only.
 */
final class Announcer {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final EventFeed feed;
  private final Clockwork clock;
  private final java.util.function.Consumer<Runnable> loop;
  private SlotRecord latest;
  private Evidence evidence = Evidence.NONE;
  private SlotState told;
  private long flippedAt;
  private boolean held;

  /**
   * @param loop takes what is to be done in the slot's loop
   */
  Announcer(
      EventFeed feed,
      Clockwork clock,
      SlotRecord record,
      java.util.function.Consumer<Runnable> loop) {
    this.feed = feed;
    this.clock = clock;
    this.loop = loop;
    this.latest = record;
    this.told = record.state();
    this.flippedAt = clock.nanos() - PAUSE.toNanos();
  }

  /** Whether it is one of those that come with every request. */
  static boolean isFlip(SlotState from, SlotState to) {
    return from == SlotState.READY && to == SlotState.SERVING
        || from == SlotState.SERVING && to == SlotState.READY;
  }

  void tell(SlotRecord record, SlotState from, Evidence known) {
    if (isFlip(from, record.state())) {
      latest = record;
      evidence = known;
      flip();
      return;
    }
    if (told != from) {
      publish(latest);
    }
    latest = record;
    evidence = known;
    publish(record);
  }

  private void flip() {
    if (held) {
      return;
    }
    long left = flippedAt + PAUSE.toNanos() - clock.nanos();
    if (left > 0) {
      held = true;
      clock.schedule(Duration.ofNanos(left), () -> loop.accept(this::late));
    } else {
      flippedAt = clock.nanos();
      publish(latest);
    }
  }

  private void late() {
    held = false;
    if (told != latest.state() && isFlip(told, latest.state())) {
      flippedAt = clock.nanos();
      publish(latest);
    }
  }

  private void publish(SlotRecord record) {
    SlotState from = told;
    told = record.state();
    feed.publish(
        record.updatedAt(),
        record.name(),
        from,
        record.state(),
        record.reason(),
        record.message(),
        record.modelId(),
        evidence);
  }
}
