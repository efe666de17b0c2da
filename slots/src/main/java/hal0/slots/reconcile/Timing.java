package hal0.slots.reconcile;

import hal0.slots.lifecycle.SlotState;
import hal0.slots.pull.Pulls;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.Optional;

/** When one slot must leave its state, and when it is looked at again. For the slot's loop only. */
final class Timing {
  /** How long an unload may take: systemd's own stop, then a kill, and some. */
  static final Duration UNLOAD_LIMIT = StepRunner.STOP_LIMIT.plusSeconds(20);

  /** A slot whose file says nothing about it may load for so long. */
  private static final Duration GRACE = Duration.ofMinutes(3);

  private static final Duration SAVE_AGAIN = Duration.ofSeconds(2);
  private static final Duration LEAST = Duration.ofSeconds(1);

  private final Clockwork clock;
  private final Runnable round;
  private long deadline;
  private Optional<Clockwork.Timer> timer = Optional.empty();

  Timing(Clockwork clock, Runnable round) {
    this.clock = clock;
    this.round = round;
  }

  /** The slot enters a state: a load's grace counts from its start, other deadlines from here. */
  void enter(SlotState state, Optional<SlotState> from, Optional<SlotSpec> spec) {
    boolean goesOn =
        state == SlotState.WARMING && from.filter(SlotState.STARTING::equals).isPresent();
    if (goesOn) {
      return;
    }
    if (state == SlotState.PULLING) {
      limit(Pulls.LONGEST_SILENCE);
    } else if (state.isLoading()) {
      limit(spec.map(one -> one.probe().grace()).orElse(GRACE));
    } else {
      limit(state == SlotState.UNLOADING ? UNLOAD_LIMIT : Duration.ZERO);
    }
  }

  /** Requests are let finish for so long. */
  void drain(Duration limit) {
    limit(limit.isZero() ? Duration.ofNanos(1) : limit);
  }

  /** The state, or the goal, must be left within {@code limit}; zero for no limit. */
  void limit(Duration limit) {
    deadline = limit.isZero() ? 0 : clock.nanos() + limit.toNanos();
  }

  /** In {@code Clockwork.nanos()}; 0 for none. */
  long deadline() {
    return deadline;
  }

  boolean isLate() {
    return deadline != 0 && clock.nanos() - deadline >= 0;
  }

  /** What is left until the deadline, at least a second. */
  Duration left() {
    return Duration.ofNanos(Math.max(deadline - clock.nanos(), LEAST.toNanos()));
  }

  /** The next look, when the decision wants it. */
  void arm(Decision decision, boolean unsaved) {
    stop();
    long wait =
        decision.wakeAt().isPresent()
            ? decision.wakeAt().getAsLong() - clock.nanos()
            : Long.MAX_VALUE;
    long soonest = unsaved ? Math.min(wait, SAVE_AGAIN.toNanos()) : wait;
    if (soonest != Long.MAX_VALUE) {
      timer = Optional.of(clock.schedule(Duration.ofNanos(Math.max(soonest, 0)), round));
    }
  }

  void stop() {
    timer.ifPresent(Clockwork.Timer::cancel);
    timer = Optional.empty();
  }
}
