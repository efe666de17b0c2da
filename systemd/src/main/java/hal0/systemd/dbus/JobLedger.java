package hal0.systemd.dbus;

import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
