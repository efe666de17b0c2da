package hal0.tests.sim;

import hal0.slots.time.Clockwork.Timer;
import hal0.systemd.ActiveState;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.systemd.UnitStatus.Exit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One service unit of type {@code exec} as systemd 252 runs it: its phases, its job, its restarts
 * and its start limit. It is forgotten, with all its facts, when it has ended cleanly and no job is
 * left.
 */
final class FakeUnit {
  /** {@code TimeoutStopSec}: from SIGTERM to SIGKILL. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  /** {@code TimeoutStartSec}. */
  static final Duration START_TIMEOUT = Duration.ofSeconds(90);

  /** {@code StartLimitBurst} starts are allowed within this. */
  static final Duration LIMIT_INTERVAL = Duration.ofSeconds(30);

  /** {@code StartLimitBurst}. */
  static final int LIMIT_BURST = 5;

  private static final Duration AFTER_KILL = Duration.ofMillis(10);
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;

  /** Where it is; each maps to one pair of {@code ActiveState} and {@code SubState}. */
  enum Phase {
    DEAD(ActiveState.INACTIVE, "dead"),
    FAILED(ActiveState.FAILED, "failed"),
    STARTING(ActiveState.ACTIVATING, "start"),
    RUNNING(ActiveState.ACTIVE, "running"),
    STOP_TERM(ActiveState.DEACTIVATING, "stop-sigterm"),
    STOP_KILL(ActiveState.DEACTIVATING, "stop-sigkill"),
    AUTO_RESTART(ActiveState.ACTIVATING, "auto-restart");

    private final ActiveState active;
    private final String sub;

    Phase(ActiveState active, String sub) {
      this.active = active;
      this.sub = sub;
    }

    boolean isStopping() {
      return this == STOP_TERM || this == STOP_KILL;
    }
  }

  private final UnitName name;
  private final FakeSystemd systemd;
  private final Deque<Long> starts = new ArrayDeque<>();
  private Phase phase = Phase.DEAD;
  private FakeProcess process;
  private Program program;
  private String result = "success";
  private String invocation = "";
  private Optional<Exit> exit = Optional.empty();
  private int restarts;
  private FakeJob job;
  private Timer phaseTimer = () -> {};
  private Timer processTimer = () -> {};

  FakeUnit(UnitName name, FakeSystemd systemd) {
    this.name = name;
    this.systemd = systemd;
  }

  Phase phase() {
    return phase;
  }

  FakeProcess process() {
    return process;
  }

  /**
   * Puts a job into the queue, or into the one that is there; a job that contradicts it is
   * cancelled.
   */
  FakeJob install(int life, String type) {
    if (job != null) {
      if (job.absorbs(type)) {
        systemd.soon(this::runJob);
        return job;
      }
      finish(JobResult.CANCELED);
    }
    job = systemd.newJob(name, life, invocation, type);
    systemd.soon(this::runJob);
    return job;
  }

  private void runJob() {
    if (job == null) {
      return;
    }
    switch (job.type()) {
      case "stop" -> runStop();
      case "restart" -> runRestart();
      default -> runStart(false);
    }
  }

  private void runRestart() {
    if (phase == Phase.RUNNING || phase == Phase.STARTING) {
      terminate();
    } else if (!phase.isStopping()) {
      if (phase == Phase.AUTO_RESTART) {
        phaseTimer.cancel();
        phase = Phase.DEAD;
      }
      job.becomes("start");
      runStart(false);
    }
  }

  private void runStart(boolean bySystemd) {
    switch (phase) {
      case RUNNING -> finish(JobResult.DONE);
      case DEAD, FAILED -> begin(false);
      case AUTO_RESTART -> {
        if (bySystemd) {
          begin(true);
        }
      }
      case STARTING, STOP_TERM, STOP_KILL -> {
        // The job waits for the end of this phase.
      }
    }
  }

  private void begin(boolean again) {
    if (limitIsHit()) {
      result = "start-limit-hit";
      become(Phase.FAILED);
      finish(JobResult.FAILED);
      return;
    }
    program = systemd.programOf(name);
    if (program.beginning() == Program.Beginning.NO_DEPENDENCY && !again) {
      finish(JobResult.DEPENDENCY);
      unloadIfDead();
      return;
    }
    restarts = again ? restarts : 0;
    result = "success";
    exit = Optional.empty();
    invocation = systemd.newInvocation();
    become(Phase.STARTING);
    Duration exec = program.exec().compareTo(START_TIMEOUT) < 0 ? program.exec() : START_TIMEOUT;
    phaseTimer = systemd.after(exec, this::executed);
  }

  private boolean limitIsHit() {
    long now = systemd.nanos();
    starts.removeIf(at -> now - at >= LIMIT_INTERVAL.toNanos());
    if (starts.size() >= LIMIT_BURST) {
      return true;
    }
    starts.addLast(now);
    return false;
  }

  private void executed() {
    if (program.exec().compareTo(START_TIMEOUT) >= 0) {
      result = "timeout";
      dead(true);
      return;
    }
    if (program.beginning() == Program.Beginning.NO_EXEC) {
      result = "exit-code";
      exit = Optional.of(new Exit(false, 203));
      dead(true);
      return;
    }
    process = systemd.spawn(name, invocation, program);
    become(Phase.RUNNING);
    if (job != null && job.type().equals("start")) {
      finish(JobResult.DONE);
    }
    Duration life = program.listen().plus(program.load());
    switch (program.loading()) {
      case EXITS -> endsAfter(life, "exit-code", new Exit(false, 1));
      case ENDS -> endsAfter(life, "success", new Exit(false, 0));
      case RUNS_OUT_OF_MEMORY -> endsAfter(life, "oom-kill", new Exit(true, SIGKILL));
      case LOADS, STAYS_EMPTY, NEVER_ENDS -> {
        // It lives until something ends it.
      }
    }
  }

  private void endsAfter(Duration life, String cause, Exit how) {
    processTimer = systemd.after(life, () -> ended(cause, how));
  }

  /** Its main process has ended by itself, or by somebody's signal. */
  void ended(String cause, Exit how) {
    if (phase == Phase.STARTING) {
      result = cause;
      exit = Optional.of(how);
      dead(true);
      return;
    }
    if (process == null) {
      return;
    }
    boolean stopping = phase.isStopping();
    if (!stopping || result.equals("success")) {
      result = cause;
    }
    exit = Optional.of(how);
    dead(!stopping);
  }

  /** SIGKILL to everything in it, from outside. */
  void killed() {
    if (process != null || phase == Phase.STARTING) {
      String target = invocation;
      systemd.after(
          AFTER_KILL,
          () -> {
            if (invocation.equals(target)) {
              ended("signal", new Exit(true, SIGKILL));
            }
          });
    }
  }

  private void dead(boolean mayRestart) {
    phaseTimer.cancel();
    processTimer.cancel();
    process = null;
    boolean clean = result.equals("success");
    boolean stopJob = job != null && job.type().equals("stop");
    boolean startJobFailed = phase == Phase.STARTING && job != null && job.type().equals("start");
    Definition definition = systemd.definition(name);
    if (mayRestart && !stopJob && definition != null && definition.restarts(clean)) {
      become(Phase.AUTO_RESTART);
      phaseTimer = systemd.after(definition.restartDelay(), this::restartByItself);
    } else {
      become(clean ? Phase.DEAD : Phase.FAILED);
    }
    if (stopJob) {
      finish(JobResult.DONE);
    } else if (startJobFailed) {
      finish(JobResult.FAILED);
    } else if (job != null) {
      systemd.soon(this::runJob);
    }
    unloadIfDead();
  }

  private void restartByItself() {
    if (job != null && job.type().equals("stop")) {
      return;
    }
    restarts++;
    if (job == null) {
      job = systemd.newJob(name, FakeSystemd.ITSELF, invocation, "restart");
    }
    job.becomes("start");
    runStart(true);
  }

  private void runStop() {
    switch (phase) {
      case DEAD, FAILED -> {
        finish(JobResult.DONE);
        unloadIfDead();
      }
      case AUTO_RESTART -> {
        phaseTimer.cancel();
        become(Phase.DEAD);
        finish(JobResult.DONE);
        unloadIfDead();
      }
      case STARTING, RUNNING -> terminate();
      case STOP_TERM, STOP_KILL -> {
        // It ends, and the job with it.
      }
    }
  }

  private void terminate() {
    phaseTimer.cancel();
    if (process == null) {
      result = "success";
      become(Phase.STOP_TERM);
      phaseTimer = systemd.after(AFTER_KILL, () -> dead(false));
      return;
    }
    become(Phase.STOP_TERM);
    phaseTimer = systemd.after(STOP_TIMEOUT, this::stopTimedOut);
    switch (program.stopping()) {
      case DIES -> endsAfter(program.stop(), "success", new Exit(true, SIGTERM));
      case EXITS -> endsAfter(program.stop(), "success", new Exit(false, 0));
      case EXITS_BADLY -> endsAfter(program.stop(), "exit-code", new Exit(false, 1));
      case IGNORES -> processTimer.cancel();
    }
  }

  private void stopTimedOut() {
    result = "timeout";
    become(Phase.STOP_KILL);
    endsAfter(AFTER_KILL, "signal", new Exit(true, SIGKILL));
  }

  void resetFailed() {
    starts.clear();
    if (phase == Phase.FAILED) {
      result = "success";
      become(Phase.DEAD);
      unloadIfDead();
    }
  }

  private void become(Phase next) {
    phase = next;
    systemd.changed(name);
  }

  private void finish(JobResult how) {
    if (job != null) {
      FakeJob ended = job;
      job = null;
      systemd.jobEnded(ended, how);
    }
  }

  private void unloadIfDead() {
    if (phase == Phase.DEAD && job == null) {
      systemd.unload(name);
    }
  }

  UnitStatus status() {
    boolean hasProcesses = phase == Phase.STARTING || phase == Phase.RUNNING || phase.isStopping();
    Definition definition = systemd.definition(name);
    return new UnitStatus(
        name,
        "loaded",
        phase.active,
        phase.sub,
        process == null ? 0 : process.pid(),
        restarts,
        result,
        invocation,
        exit,
        hasProcesses ? systemd.controlGroup(name) : "",
        job == null ? Optional.empty() : Optional.of(new UnitStatus.Job(job.id(), job.type())),
        definition == null ? Duration.ofMillis(100) : definition.restartDelay(),
        systemd.unitFileState(name),
        false);
  }
}
