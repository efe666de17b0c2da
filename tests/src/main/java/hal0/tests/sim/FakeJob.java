package hal0.tests.sim;

import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A job of the fake systemd's queue, and who waits for its end. */
final class FakeJob {
  private final int id;
  private final UnitName unit;
  private final int life;
  private final String invocation;
  private final List<Consumer<JobResult>> followers = new ArrayList<>();
  private String type;

  FakeJob(int id, UnitName unit, int life, String invocation, String type) {
    this.id = id;
    this.unit = unit;
    this.life = life;
    this.invocation = invocation;
    this.type = type;
  }

  int id() {
    return id;
  }

  UnitName unit() {
    return unit;
  }

  /**
   * Who wanted it: a life of the daemon, {@link FakeSystemd#PERSON} or {@link FakeSystemd#ITSELF}.
   */
  int life() {
    return life;
  }

  /** The unit's invocation when it was queued. */
  String invocation() {
    return invocation;
  }

  String type() {
    return type;
  }

  /** A restart that has stopped the unit goes on as a start. */
  void becomes(String other) {
    type = other;
  }

  /** Takes another wish into this job, unless the two contradict each other. */
  boolean absorbs(String other) {
    if (type.equals("stop") || other.equals("stop")) {
      return type.equals(other);
    }
    if (other.equals("restart")) {
      type = "restart";
    }
    return true;
  }

  /** Calls back once, when it has ended. */
  void whenEnded(Consumer<JobResult> follower) {
    followers.add(follower);
  }

  void ended(JobResult result) {
    List.copyOf(followers).forEach(follower -> follower.accept(result));
  }
}
