package hal0.systemd.dbus;

import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Brings the ends of jobs together with those who wait for them. A job's end may be heard before
 * the reply that tells its number, so ends nobody waits for are kept for a while. Job numbers are
 * never used twice by one systemd; a ledger lives as long as one connection.
 */
final class JobLedger {
  private static final int KEPT = 1024;

  private final Executor tasks;
  private final Map<Integer, List<CompletableFuture<JobResult>>> followers = new HashMap<>();
  private final Map<Integer, JobResult> ended = new LinkedHashMap<>();
  private final Map<UnitName, List<String>> asked = new HashMap<>();
  private final Map<Integer, String> own = new LinkedHashMap<>();
  private SystemdException lost;

  JobLedger(Executor tasks) {
    this.tasks = tasks;
  }

  /** The end of that job, whether it is still to come or was heard already. */
  synchronized CompletableFuture<JobResult> follow(int job) {
    if (lost != null) {
      return CompletableFuture.failedFuture(lost);
    }
    JobResult result = ended.get(job);
    if (result != null) {
      return CompletableFuture.completedFuture(result);
    }
    CompletableFuture<JobResult> follower = new CompletableFuture<>();
    followers.computeIfAbsent(job, none -> new ArrayList<>()).add(follower);
    return follower;
  }

  /** A job of ours is being asked for: {@code verb} is what systemd calls its type. */
  synchronized void asks(UnitName unit, String verb) {
    asked.computeIfAbsent(unit, none -> new ArrayList<>()).add(verb);
  }

  /** systemd has answered what {@link #asks} announced: with the job's number, or badly. */
  synchronized void answered(UnitName unit, String verb, OptionalInt job) {
    List<String> verbs = asked.getOrDefault(unit, new ArrayList<>());
    verbs.remove(verb);
    if (verbs.isEmpty()) {
      asked.remove(unit);
    }
    if (job.isPresent()) {
      own.put(job.getAsInt(), verb);
      if (own.size() > KEPT) {
        own.remove(own.keySet().iterator().next());
      }
    }
  }

  /**
   * The type of a job of ours, for one that is gone before its type can be read. Its news may be
   * heard before the answer that tells its number: then it is what is being asked for.
   */
  synchronized Optional<String> own(UnitName unit, int job) {
    List<String> verbs = asked.getOrDefault(unit, List.of());
    return own.containsKey(job) || verbs.size() != 1
        ? Optional.ofNullable(own.get(job))
        : Optional.of(verbs.getFirst());
  }

  /** A job has ended. Those who wait are told on other threads. */
  synchronized void ended(int job, JobResult result) {
    ended.put(job, result);
    if (ended.size() > KEPT) {
      ended.remove(ended.keySet().iterator().next());
    }
    List<CompletableFuture<JobResult>> waiting = followers.remove(job);
    if (waiting != null) {
      waiting.forEach(follower -> follower.completeAsync(() -> result, tasks));
    }
  }

  /** No end will be heard any more. */
  synchronized void lost(SystemdException why) {
    lost = why;
    for (List<CompletableFuture<JobResult>> waiting : followers.values()) {
      waiting.forEach(follower -> tasks.execute(() -> follower.completeExceptionally(why)));
    }
    followers.clear();
    ended.clear();
  }
}
