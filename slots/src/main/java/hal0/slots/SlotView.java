package hal0.slots;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.ProbeResult;
import hal0.slots.pull.Progress;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one slot at one moment, taken whole. Immutable.
 *
 * @param spec what its file says; empty while the file is not usable
 * @param models what the upstream advertises; empty when it is not up
 * @param routable whether a request sent now would be served
 * @param inFlight requests that it answers now
 * @param unit what systemd said last; empty before the first word
 * @param probe the last probe of this invocation
 * @param drift whether the running unit was started from another definition than the file's
 * @param configError why the file is not usable
 * @param stale whether systemd cannot be reached now, so that the unit's state is as old as {@code
 *     observedAt}
 * @param observedAt when systemd was last heard of this unit
 * @param pull how far what it lacks has come; empty when nothing is fetched for it
 */
public record SlotView(
    String name,
    SlotState state,
    Reason reason,
    String message,
    String modelId,
    Optional<SlotSpec> spec,
    int port,
    List<String> models,
    boolean routable,
    int inFlight,
    Instant updatedAt,
    Optional<UnitStatus> unit,
    Optional<LastProbe> probe,
    boolean drift,
    Optional<String> configError,
    boolean stale,
    Optional<Instant> observedAt,
    Optional<Progress> pull) {

  /**
   * A probe that was made.
   *
   * @param failures failed ones in a row, this one included
   */
  public record LastProbe(ProbeResult result, Instant at, int failures) {}

  /**
   * Whether it is likely to serve by itself soon: a load is under way, systemd is about to start it
   * again, or it was found live and is being looked at.
   */
  public boolean isOnItsWay() {
    boolean restarting =
        state == SlotState.ERROR && unit.filter(UnitStatus::isAutoRestarting).isPresent();
    boolean unseen =
        !routable
            && (state == SlotState.READY || state == SlotState.SERVING)
            && reason != Reason.DRAINING;
    return state.isLoading() || restarting || unseen;
  }

  /** Whether it can be asked for: it would serve a request now, or be loaded for one. */
  public boolean isAvailable() {
    return routable || isWakeable();
  }

  /** Whether nothing but its requests and measurements differs. */
  public boolean tellsTheSame(SlotView other) {
    return state == other.state
        && reason == other.reason
        && routable == other.routable
        && stale == other.stale
        && drift == other.drift
        && port == other.port
        && message.equals(other.message)
        && modelId.equals(other.modelId)
        && models.equals(other.models)
        && spec.equals(other.spec)
        && configError.equals(other.configError);
  }

  /** Whether a request to it loads it. */
  public boolean isWakeable() {
    return state == SlotState.OFFLINE
        && configError.isEmpty()
        && spec.filter(one -> one.admission().wake()).isPresent();
  }

  /** The same with another number of requests. */
  public SlotView withInFlight(int now) {
    return now == inFlight
        ? this
        : new SlotView(
            name,
            state,
            reason,
            message,
            modelId,
            spec,
            port,
            models,
            routable,
            now,
            updatedAt,
            unit,
            probe,
            drift,
            configError,
            stale,
            observedAt,
            pull);
  }
}
