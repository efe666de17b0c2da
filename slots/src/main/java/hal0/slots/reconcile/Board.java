package hal0.slots.reconcile;

import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.JobResult;
import hal0.systemd.UnitStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The latest facts of one slot, and how they came. For the slot's loop only. */
final class Board {
  private Optional<UnitStatus> unit = Optional.empty();
  private Optional<Instant> observedAt = Optional.empty();
  private boolean connected;
  private boolean fresh;
  private boolean watched;
  private boolean seenStart;
  private boolean stopJob;
  private boolean restartJob;
  private boolean unknownJobDone;
  private final Map<Integer, String> jobs = new HashMap<>();

  private Optional<ProbeResult> probe = Optional.empty();
  private Optional<Instant> probedOn = Optional.empty();
  private long probedAt;
  private int failures;
  private int looks;
  private long noModelSince;
  private long probeAt;
  private boolean confirmed;

  void connected() {
    connected = true;
    fresh = false;
    watched = false;
    jobs.clear();
  }

  void disconnected() {
    connected = false;
    fresh = false;
    watched = false;
  }

  /** Takes what systemd said. The caller decides, and then says {@link #judged()}. */
  void read(UnitStatus status, Instant at, long now) {
    boolean first = !fresh;
    String before = unit.map(UnitStatus::invocationId).orElse("");
    boolean other = !status.invocationId().isEmpty() && !status.invocationId().equals(before);
    if (other) {
      forgetProbes(now);
      seenStart = !first || !status.isUp();
    }
    if (status.job().filter(UnitStatus.Job::stops).isPresent()) {
      stopJob = true;
    }
    unit = Optional.of(status);
    observedAt = Optional.of(at);
    fresh = true;
  }

  /** What was read has been judged: from now on every change is heard. */
  void judged() {
    watched = fresh;
  }

  void jobQueued(int id, String type) {
    jobs.put(id, type);
    stopJob |= type.equals("stop");
    restartJob |= type.equals("restart") && unit.filter(UnitStatus::isAutoRestarting).isEmpty();
  }

  void jobEnded(int id, JobResult result) {
    String type = jobs.remove(id);
    if (type != null && result != JobResult.DONE) {
      stopJob &= !type.equals("stop");
      restartJob &= !type.equals("restart");
    }
    if (type != null && type.isEmpty() && result == JobResult.DONE && unit.isPresent()) {
      unknownJobDone = true;
    }
  }

  /** The run that stops were seen of is over, or another has begun. */
  void runOver() {
    stopJob = false;
    restartJob = false;
    unknownJobDone = false;
  }

  /**
   * Whether somebody else's stop of the present run was seen. systemd's own restart after a death
   * is a job too, and shows in the restart count.
   */
  boolean stopSeen(int knownRestarts) {
    boolean own = unit.filter(status -> status.restarts() > knownRestarts).isPresent();
    boolean quietEnd =
        unknownJobDone && unit.filter(status -> status.isDown() && !status.hasFailed()).isPresent();
    return stopJob || quietEnd || (restartJob && !own);
  }

  /**
   * Takes what a probe found, and says when the next is due.
   *
   * @param excused whether a failure says nothing, since a request has moved meanwhile
   */
  void probed(
      ProbeResult result,
      SlotSpec spec,
      boolean live,
      boolean excused,
      Instant on,
      long now,
      double jitter) {
    probe = Optional.of(result);
    probedOn = Optional.of(on);
    probedAt = now;
    looks++;
    if (result.verdict() != Verdict.INCONCLUSIVE) {
      boolean failed = result.verdict().isFailure();
      failures = failed && excused ? failures : failed ? failures + 1 : 0;
      confirmed |= result.verdict() == Verdict.SERVING;
      noModelSince =
          result.verdict() != Verdict.NO_MODEL ? 0 : noModelSince != 0 ? noModelSince : now;
    }
    probeAt =
        now
            + Pacing.next(
                spec,
                result.verdict(),
                live,
                looks,
                noModelSince == 0 ? 0 : now - noModelSince,
                jitter);
  }

  private void forgetProbes(long now) {
    probe = Optional.empty();
    probedOn = Optional.empty();
    failures = 0;
    looks = 0;
    noModelSince = 0;
    probeAt = now;
    confirmed = false;
  }

  /** The next probe is due at once, and quick ones follow: the state has changed. */
  void probeSoon(long now) {
    probeAt = now;
    looks = 0;
  }

  /** A new count of failures begins: the slot has just become live, or stopped to be. */
  void countAnew() {
    failures = 0;
  }

  boolean isConnected() {
    return connected;
  }

  boolean isFresh() {
    return fresh;
  }

  boolean isWatched() {
    return watched;
  }

  boolean hasSeenStart() {
    return seenStart;
  }

  /** Whether this daemon has seen the present run serve. */
  boolean isConfirmed() {
    return confirmed;
  }

  Optional<UnitStatus> unit() {
    return unit;
  }

  Optional<Instant> observedAt() {
    return observedAt;
  }

  Optional<ProbeResult> probe() {
    return probe;
  }

  Optional<Instant> probedOn() {
    return probedOn;
  }

  long probedAt() {
    return probedAt;
  }

  int failures() {
    return failures;
  }

  long noModelSince() {
    return noModelSince;
  }

  long probeAt() {
    return probeAt;
  }
}
