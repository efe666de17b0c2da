package hal0.slots.reconcile;

import hal0.slots.SlotView;
import hal0.slots.admission.Gate;
import hal0.slots.admission.Pace;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.pull.Progress;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One slot's requests, as its loop sees them: opens and shuts the gate, and knows since when it is
 * quiet. For the slot's loop, but for {@link #gate()}.
 */
final class Traffic implements Gate.Listener {
  /** Under which key the record keeps how long its loads take, in milliseconds. */
  static final String LOAD_MILLIS = "load_ms";

  /** What a load is taken to last before there was one. */
  private static final Duration UNKNOWN_LOAD = Duration.ofSeconds(5);

  private static final Duration LEAST = Duration.ofSeconds(1);

  private final SlotLoop loop;
  private final Neighbourhood around;
  private final Clockwork clock;
  private final Gate gate;
  private final AtomicBoolean told = new AtomicBoolean();
  private final Pace loads = new Pace();
  private long quietFrom;
  private long lookedAt;
  private volatile long loadBegan;
  private volatile boolean loading;
  private volatile Duration usualLoad = UNKNOWN_LOAD;

  Traffic(SlotLoop loop, Neighbourhood around, Clockwork clock, SlotRecord record) {
    this.loop = loop;
    this.around = around;
    this.clock = clock;
    this.gate = new Gate(clock, loop::view, this::untilReady, this);
    this.quietFrom = clock.nanos();
    this.lookedAt = quietFrom;
    if (record.extra().get(LOAD_MILLIS) instanceof Number millis && millis.longValue() > 0) {
      usualLoad = Duration.ofMillis(millis.longValue());
      loads.remember(usualLoad);
    }
  }

  /** Where requests come in. For any thread. */
  Gate gate() {
    return gate;
  }

  Facts.Traffic facts() {
    long used = gate.lastUse();
    return new Facts.Traffic(
        gate.inFlight(), gate.patientUntil(), used - quietFrom > 0 ? used : quietFrom, lookedAt);
  }

  /**
   * Whether a request in flight has moved a byte since then, which speaks against a failed probe.
   */
  boolean hasMovedSince(long since) {
    return gate.inFlight() > 0 && gate.lastMove() - since > 0;
  }

  /** The slot has entered another state. */
  void entered(SlotState state) {
    quietFrom = clock.nanos();
    if (state.isLoading() && state != SlotState.PULLING && !loading) {
      loadBegan = clock.nanos();
      loading = true;
    } else if (!state.isLoading() || state == SlotState.PULLING) {
      if (loading && state.isLive()) {
        loads.took(clock.nanos() - loadBegan);
        usualLoad = loads.mean();
      }
      loading = false;
    }
  }

  /** How long a load of this slot usually takes, in milliseconds; empty before the first. */
  Optional<Long> loadMillis() {
    return loads.mean().isZero() ? Optional.empty() : Optional.of(loads.mean().toMillis());
  }

  private Duration untilReady() {
    Duration gone = loading ? Duration.ofNanos(clock.nanos() - loadBegan) : Duration.ZERO;
    Duration fetching = loop.view().pull().flatMap(Progress::eta).orElse(Duration.ZERO);
    Duration left = usualLoad.minus(gone).plus(fetching);
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** Lets requests in, lets them wait, or refuses them, as the slot stands now. */
  void follow(SlotView view) {
    gate.set(mode(view), view.spec().map(SlotSpec::admission).orElse(SlotSpec.Admission.DEFAULT));
  }

  private static Gate.Mode mode(SlotView view) {
    if (view.routable()) {
      return Gate.Mode.OPEN;
    }
    boolean wakes = view.spec().filter(spec -> spec.admission().wake()).isPresent();
    return wakes && (view.isWakeable() || view.isOnItsWay()) ? Gate.Mode.WAITING : Gate.Mode.SHUT;
  }

  /** Shuts the gate, unless a request came first or something else was asked of the slot. */
  boolean mayRetire(Reason why) {
    return loop.chronicle().record().state().isLive()
        && loop.orders().goal() instanceof Goal.None
        && (why != Reason.QUIET || isStillQuiet())
        && gate.shutIfEmpty();
  }

  /** A request may have come and gone since the clock struck. */
  private boolean isStillQuiet() {
    Duration limit =
        loop.defined().spec().map(spec -> spec.idle().unloadAfter()).orElse(Duration.ZERO);
    return loop.chronicle().record().state() == SlotState.IDLE
        && !limit.isZero()
        && clock.nanos() - facts().quietSince() >= limit.toNanos();
  }

  /** Ends the requests that had their time to finish. */
  void endAll() {
    gate.endAll(loop.name() + " is being unloaded, and the time to finish is over");
    loop.post(loop::round);
  }

  /** It was looked whether others use the upstream. */
  void looked(boolean used) {
    lookedAt = clock.nanos();
    if (used) {
      quietFrom = lookedAt;
    }
  }

  /** A request waits for the slot: it is loaded, unless that is under way. */
  private void wake() {
    if (loop.chronicle().record().state() == SlotState.OFFLINE) {
      around
          .wanted(loop.name())
          .whenComplete(
              (loaded, failure) -> {
                if (failure != null) {
                  loop.post(() -> loadRefused(failure));
                }
              });
    }
  }

  private void loadRefused(Throwable why) {
    System.getLogger(Traffic.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "{0}: a request wanted it, but: {1}",
            loop.name(),
            StepRunner.cause(why).getMessage());
    gate.turnAway(StepRunner.cause(why).getMessage());
  }

  @Override
  public void changed() {
    if (told.compareAndSet(false, true)) {
      loop.post(
          () -> {
            told.set(false);
            loop.round();
          });
    }
  }

  @Override
  public void wanted() {
    loop.post(this::wake);
  }
}
