package hal0.slots.reconcile;

import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.pull.Progress;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitStatus;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known of one slot when a decision is made. Immutable. Times are {@code
 * Clockwork.nanos()}.
 *
 * @param record what is remembered
 * @param spec what its file says, if that is usable
 * @param goal what was asked
 * @param unit what systemd said last; empty before the first word
 * @param fresh whether that was said since the bus was last away
 * @param watched whether every change before that word was heard: false for the first word after
 *     the daemon's start or after the bus was away
 * @param seenStart whether the present run of the unit began while it was watched
 * @param stopSeen whether somebody else's stop of the present run was seen
 * @param probe the last probe of the present invocation
 * @param failures failed probes in a row
 * @param noModelSince when the upstream was first found without a model, in a row; 0 when it was
 *     not
 * @param probedAt when the last probe ended
 * @param running the steps that are under way
 * @param now the present
 * @param deadline when the present state must be left; 0 when it may last
 * @param probeAt when the next probe is due
 * @param unitFileDue whether the drop-in may be behind the file
 * @param traffic its requests
 * @param fetch what a load has to fetch first
 */
public record Facts(
    SlotRecord record,
    Optional<SlotSpec> spec,
    Goal goal,
    Optional<UnitStatus> unit,
    boolean fresh,
    boolean watched,
    boolean seenStart,
    boolean stopSeen,
    Optional<ProbeResult> probe,
    int failures,
    long noModelSince,
    long probedAt,
    Set<Step> running,
    long now,
    long deadline,
    long probeAt,
    boolean unitFileDue,
    Traffic traffic,
    Fetch fetch) {

  /**
   * Its requests. Times are {@code Clockwork.nanos()}.
   *
   * @param inFlight how many it answers now
   * @param patientUntil until when its requests may be why it answers no probe; only meaningful
   *     while there are any
   * @param quietSince since when nobody has used it, as far as is known
   * @param lookedAt when it was last made sure that nobody else uses it; before {@code quietSince}
   *     when it was not since
   */
  public record Traffic(int inFlight, long patientUntil, long quietSince, long lookedAt) {
    /** Nobody asks anything, and has not since then. */
    public static Traffic none(long since) {
      return new Traffic(0, since, since, since - 1);
    }
  }

  /**
   * What a load has to fetch first.
   *
   * @param mayLack whether the load that is asked for could lack anything that can be fetched
   * @param progress how far the pull is that is under way
   */
  public record Fetch(boolean mayLack, Optional<Progress> progress) {
    /** There is nothing to fetch. */
    public static final Fetch NOTHING = new Fetch(false, Optional.empty());
  }

  /** Under which key the record keeps the invocation that its state speaks of. */
  public static final String INVOCATION = "invocation";

  /** Under which key the record keeps the unit's restart count at that time. */
  public static final String RESTARTS = "n_restarts";

  /** Under which key the record says whether its unit was down when it was written. */
  public static final String UNIT_DOWN = "unit_down";

  /** The invocation that the record's state speaks of; "" when it speaks of none. */
  String knownInvocation() {
    return record.extra().get(INVOCATION) instanceof String known ? known : "";
  }

  /** The unit's restart count when the record was written. */
  static int knownRestarts(SlotRecord record) {
    return record.extra().get(RESTARTS) instanceof Number known ? known.intValue() : 0;
  }

  /** Whether the unit was known to be down when the record was written. */
  boolean knownDown() {
    return Boolean.TRUE.equals(record.extra().get(UNIT_DOWN));
  }

  /** Whether the unit's last word is of another invocation than the record speaks of. */
  boolean isNewInvocation() {
    return unit.isPresent()
        && !unit.get().invocationId().isEmpty()
        && !unit.get().invocationId().equals(knownInvocation());
  }

  /** Whether the deadline of the state has passed. */
  boolean isLate() {
    return deadline != 0 && now - deadline >= 0;
  }

  /** Whether requests are in flight that may be why it answers no probe. */
  boolean isBusy() {
    return traffic.inFlight() > 0 && now - traffic.patientUntil() < 0;
  }

  /** Whether what the load needs is there. */
  Supply supply(Goal.Load load) {
    return fetch.mayLack() ? load.supply() : new Supply.There();
  }

  /** Whether that step is under way. */
  boolean runs(Step step) {
    return running.contains(step);
  }

  /**
   * Whether the upstream serves what the slot needs: without a model id, a provider that needs one
   * is not ready.
   */
  boolean serves() {
    return probe.isPresent()
        && probe.get().verdict() == Verdict.SERVING
        && (spec.isEmpty() || !spec.get().provider().needsModel() || !servedModel().isEmpty());
  }

  /**
   * The model that it serves: the one it was told to, else the first in the upstream's list; "" for
   * none.
   */
  String servedModel() {
    if (!record.modelId().isEmpty()) {
      return record.modelId();
    }
    String own = spec.flatMap(one -> one.model().id()).orElse("");
    if (!own.isEmpty()) {
      return own;
    }
    return probe.isEmpty() || probe.get().models().isEmpty() ? "" : probe.get().models().getFirst();
  }

  /**
   * Whether the upstream has been well and without a model for as long as the file asks, from probe
   * to probe.
   */
  boolean isSettledWithoutModel() {
    long wanted = spec.map(one -> one.probe().stabilise().toNanos()).orElse(0L);
    return noModelSince != 0 && probedAt - noModelSince >= wanted;
  }
}
