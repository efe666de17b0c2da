package hal0.tests.sim;

import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.SystemdException.AccessDenied;
import hal0.systemd.SystemdException.BusDown;
import hal0.systemd.SystemdException.JobLate;
import hal0.systemd.SystemdException.NoSuchUnit;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.systemd.UnitWatch;
import hal0.tests.sim.FakeBus.CallFault;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One daemon's connection to the fake systemd: both ports. Calls arrive in order and signals come
 * in order, one at a time; answers overtake signals and each other. When the daemon's life ends
 * nothing is delivered any more, but what was sent is still done.
 */
public final class FakeConnection implements UnitControl, UnitWatch {
  private final FakeSystemd systemd;
  private final FakeBus bus;
  private final Life life;
  private final SimClockwork clock;
  private final Set<CompletableFuture<?>> pending = new LinkedHashSet<>();
  private final Map<UnitName, Told> told = new TreeMap<>();
  private Listener listener;
  private boolean connected;
  private long lastDelivery;
  private long lastArrival;
  private int busEpoch;
  private int linkEpoch;
  private int noticedEpoch;

  /**
   * What the daemon was last told of a unit by an answer to {@link #status}.
   *
   * @param at when it was told
   * @param seenAt when systemd looked
   */
  public record Told(UnitStatus status, long at, long seenAt) {}

  FakeConnection(FakeSystemd systemd, FakeBus bus, Life life, SimClockwork clock) {
    this.systemd = systemd;
    this.bus = bus;
    this.life = life;
    this.clock = clock;
    this.connected = bus.isUp();
  }

  boolean isOver() {
    return life.isOver();
  }

  /** What the daemon was last told, by unit. */
  public Map<UnitName, Told> told() {
    return told;
  }

  // UnitWatch

  @Override
  public void listen(Listener heard) {
    if (listener != null) {
      throw new IllegalStateException("one listener only");
    }
    listener = heard;
    if (connected) {
      tell(Listener::connected);
    }
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  void changed(UnitName unit) {
    signal(
        to -> {
          systemd.tap().changeHeard(unit);
          to.changed(unit);
        });
  }

  void jobNew(FakeJob job) {
    String type = bus.chance(20) ? "" : job.type();
    signal(
        to -> {
          systemd.tap().jobHeard(job.unit(), job.life(), type, job.invocation());
          to.jobQueued(job.unit(), job.id(), type);
        });
  }

  void jobRemoved(FakeJob job, JobResult result) {
    signal(to -> to.jobEnded(job.unit(), job.id(), result));
  }

  void busLost() {
    busEpoch++;
    for (CompletableFuture<?> call : List.copyOf(pending)) {
      fail(call, bus.latency(), busDown("the connection broke"));
    }
    int epoch = busEpoch;
    life.schedule(bus.noticing(), () -> notice(epoch));
  }

  void busBack() {
    busEpoch++;
    int epoch = busEpoch;
    life.schedule(bus.noticing(), () -> notice(epoch));
  }

  private void notice(int epoch) {
    if (epoch < noticedEpoch) {
      return;
    }
    noticedEpoch = epoch;
    if (connected) {
      connected = false;
      tell(to -> to.disconnected("the bus closed the connection"));
    }
    if (epoch == busEpoch && bus.isUp()) {
      connected = true;
      linkEpoch = busEpoch;
      tell(Listener::connected);
    }
  }

  /** Whether the connection is there and still leads to a living bus. */
  private boolean isLinked() {
    return connected && bus.isUp() && linkEpoch == busEpoch;
  }

  private void signal(Consumer<Listener> what) {
    int copies = isLinked() ? bus.copies() : 0;
    for (int i = 0; i < copies; i++) {
      tell(what);
    }
  }

  private void tell(Consumer<Listener> what) {
    long at = Math.max(lastDelivery + 1, clock.nanos() + bus.signalLatency().toNanos());
    lastDelivery = at;
    life.schedule(
        Duration.ofNanos(at - clock.nanos()),
        () -> {
          if (listener != null) {
            what.accept(listener);
          }
        });
  }

  // UnitControl

  @Override
  public CompletableFuture<JobResult> start(UnitName unit, Duration deadline) {
    return job("start", unit, deadline);
  }

  @Override
  public CompletableFuture<JobResult> stop(UnitName unit, Duration deadline) {
    return job("stop", unit, deadline);
  }

  private CompletableFuture<JobResult> job(String verb, UnitName unit, Duration deadline) {
    announce(verb, unit);
    CompletableFuture<JobResult> answer = new CompletableFuture<>();
    life.schedule(
        deadline,
        () -> fail(answer, Duration.ZERO, new JobLate(unit + ": no end within " + deadline)));
    send(
        verb + " " + unit,
        answer,
        lost -> {
          if (!systemd.hasTemplate()) {
            fail(answer, bus.latency(), new NoSuchUnit("Unit " + unit + " not found.", null));
            return;
          }
          FakeJob job = systemd.install(life.number(), verb, unit);
          if (!lost) {
            job.whenEnded(result -> succeed(answer, bus.latency(), () -> result));
          }
        });
    return answer;
  }

  @Override
  public CompletableFuture<Void> resetFailed(UnitName unit) {
    return act("reset-failed " + unit, () -> systemd.resetFailed(unit));
  }

  @Override
  public CompletableFuture<Void> kill(UnitName unit) {
    announce("kill", unit);
    return act("kill " + unit, () -> systemd.kill(life.number(), unit));
  }

  private void announce(String verb, UnitName unit) {
    if (!life.isOver()) {
      systemd.tap().asked(verb, unit);
    }
  }

  @Override
  public CompletableFuture<Void> reload() {
    return act("daemon-reload", systemd::reload);
  }

  @Override
  public CompletableFuture<UnitStatus> status(UnitName unit) {
    return ask(
        "status " + unit,
        () -> systemd.status(unit),
        (status, seenAt) -> {
          // An answer that was overtaken by a later one says nothing new.
          if (!told.containsKey(unit) || told.get(unit).seenAt() < seenAt) {
            told.put(unit, new Told(status, clock.nanos(), seenAt));
            systemd.tap().statusTold(unit, status);
          }
        });
  }

  @Override
  public CompletableFuture<List<UnitName>> list() {
    return ask("list", systemd::list, (names, seenAt) -> {});
  }

  @Override
  public CompletableFuture<Void> enable(UnitName unit) {
    return act("enable " + unit, () -> systemd.enable(unit, true));
  }

  @Override
  public CompletableFuture<Void> disable(UnitName unit) {
    return act("disable " + unit, () -> systemd.enable(unit, false));
  }

  @Override
  public CompletableFuture<Void> ping(Duration deadline) {
    CompletableFuture<Void> answer = act("ping", () -> {});
    life.schedule(deadline, () -> fail(answer, Duration.ZERO, busDown("no answer to a ping")));
    return answer;
  }

  private CompletableFuture<Void> act(String what, Runnable effect) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    send(
        what,
        answer,
        lost -> {
          effect.run();
          if (!lost) {
            succeed(answer, bus.latency(), () -> null);
          }
        });
    return answer;
  }

  private <T> CompletableFuture<T> ask(
      String what, Supplier<T> question, BiConsumer<T, Long> told) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    send(
        what,
        answer,
        lost -> {
          T value = question.get();
          long seenAt = clock.nanos();
          if (!lost) {
            succeed(
                answer,
                bus.latency(),
                () -> {
                  told.accept(value, seenAt);
                  return value;
                });
          }
        });
    return answer;
  }

  /** Sends a call; {@code arrived} does it there, and is told whether its answer will be lost. */
  private void send(String what, CompletableFuture<?> answer, Consumer<Boolean> arrived) {
    life.at("before " + what);
    if (!isLinked()) {
      fail(answer, bus.latency(), busDown("not connected"));
      return;
    }
    pending.add(answer);
    CallFault fault = bus.nextCallFault();
    int epoch = busEpoch;
    Duration way = arrival(fault == CallFault.SLOW ? Duration.ofSeconds(3) : bus.latency());
    clock.schedule(
        way,
        () -> {
          if (epoch == busEpoch && fault != CallFault.LOST && fault != CallFault.DENIED) {
            arrived.accept(fault == CallFault.ANSWER_LOST);
          }
        });
    if (fault == CallFault.DENIED) {
      fail(answer, way, new AccessDenied("not allowed: " + what, null));
    } else if (fault == CallFault.LOST || fault == CallFault.ANSWER_LOST) {
      fail(
          answer,
          FakeBus.PATIENCE,
          busDown("no answer to " + what + " within " + FakeBus.PATIENCE));
    }
    life.at("after " + what);
  }

  /**
   * Calls arrive in the order in which they were sent; one that is slow holds up those behind it.
   */
  private Duration arrival(Duration way) {
    lastArrival = Math.max(lastArrival + 1, clock.nanos() + way.toNanos());
    return Duration.ofNanos(lastArrival - clock.nanos());
  }

  private <T> void succeed(CompletableFuture<T> answer, Duration delay, Supplier<T> value) {
    life.schedule(
        delay,
        () -> {
          if (pending.remove(answer)) {
            answer.complete(value.get());
          }
        });
  }

  private void fail(CompletableFuture<?> answer, Duration delay, SystemdException why) {
    life.schedule(
        delay,
        () -> {
          pending.remove(answer);
          answer.completeExceptionally(why);
        });
  }

  private static BusDown busDown(String why) {
    return new BusDown("systemd cannot be reached: " + why, null);
  }
}
