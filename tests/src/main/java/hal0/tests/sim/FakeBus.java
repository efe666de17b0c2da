package hal0.tests.sim;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** The way between daemons and the fake systemd: how long it takes, and what is wrong with it. */
public final class FakeBus {
  /** What happens to a call. */
  public enum CallFault {
    /** The caller may not do that. */
    DENIED,
    /** It never arrives; the caller gives up after {@link #PATIENCE}. */
    LOST,
    /** It is done, and the answer never arrives. */
    ANSWER_LOST,
    /** The answer comes after seconds. */
    SLOW
  }

  /** How long a caller waits for an answer. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FakeSystemd systemd;
  private final SimClockwork clock;
  private final Random random;
  private final Deque<CallFault> callFaults = new ArrayDeque<>();
  private boolean up = true;
  private long troubledAt = Long.MIN_VALUE / 2;
  private long misledAt = Long.MIN_VALUE / 2;
  private int dropped;
  private int doubled;
  private int delayed;
  private Duration delay = Duration.ZERO;

  FakeBus(FakeSystemd systemd, SimClockwork clock, Random random) {
    this.systemd = systemd;
    this.clock = clock;
    this.random = random;
  }

  /** Whether it is there. */
  public boolean isUp() {
    return up;
  }

  /** It goes away: every call under way fails, and every signal is lost. */
  public void fail() {
    if (up) {
      up = false;
      List.copyOf(systemd.connections()).forEach(FakeConnection::busLost);
    }
  }

  /** It comes back; daemons notice within their backoff. */
  public void recover() {
    if (!up) {
      up = true;
      troubledAt = clock.nanos();
      List.copyOf(systemd.connections()).forEach(FakeConnection::busBack);
    }
  }

  /** The next signals are lost, doubled, or come late and hold up those behind them. */
  public void spoilSignals(int drop, int twice, int late, Duration lateness) {
    dropped += drop;
    doubled += twice;
    delayed += late;
    delay = lateness;
  }

  /** The next call meets this. */
  public void spoilCall(CallFault fault) {
    callFaults.add(fault);
  }

  /** Everything is well from now on. */
  public void heal() {
    callFaults.clear();
    dropped = 0;
    doubled = 0;
    delayed = 0;
    recover();
  }

  CallFault nextCallFault() {
    CallFault fault = callFaults.poll();
    if (fault != null) {
      troubledAt = clock.nanos();
    }
    return fault;
  }

  /** Whether it was away, or spoilt a call, within that time. */
  public boolean wasTroubled(Duration within) {
    return !up || clock.nanos() - troubledAt <= within.toNanos();
  }

  /**
   * Whether what a daemon knows may be behind the truth: signals or calls went astray within that
   * time.
   */
  public boolean hasMisled(Duration within) {
    return wasTroubled(within) || clock.nanos() - misledAt <= within.toNanos();
  }

  /** How often a signal that is sent now arrives: 0, 1 or 2 times. */
  int copies() {
    if (dropped > 0) {
      dropped--;
      misledAt = clock.nanos();
      return 0;
    }
    if (doubled > 0) {
      doubled--;
      return 2;
    }
    return 1;
  }

  Duration signalLatency() {
    if (delayed > 0) {
      delayed--;
      misledAt = clock.nanos() + delay.toNanos();
      return delay;
    }
    return Duration.ofNanos(100_000 + random.nextInt(2_000_000));
  }

  /** One way, mostly a fraction of a millisecond, sometimes 20. */
  Duration latency() {
    int most = random.nextInt(20) == 0 ? 20_000_000 : 1_000_000;
    return Duration.ofNanos(50_000 + random.nextInt(most));
  }

  /** How long until a daemon notices that the bus has gone, or is back. */
  Duration noticing() {
    return Duration.ofNanos(1_000_000 + random.nextInt(500_000_000));
  }

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }
}
