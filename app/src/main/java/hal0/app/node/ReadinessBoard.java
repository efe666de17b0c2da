package hal0.app.node;

import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Keeps the node's readiness current and numbers its changes. Whoever looks gets what is true then.
 * Safe for use by many threads.
 */
public final class ReadinessBoard {
  /** What changes in a burst is taken together. */
  private static final Duration SETTLE = Duration.ofMillis(20);

  /** For so long after the start it is not known whether systemd can be reached. */
  private static final Duration FIRST_TRY = Duration.ofSeconds(2);

  /**
   * Who this node is.
   *
   * @param name the host's
   * @param bootId another for each start of the daemon
   */
  public record Node(String name, String bootId) {}

  private final Node node;
  private final SlotManager slots;
  private final BooleanSupplier connected;
  private final Requirements requirements;
  private final Clockwork clock;
  private final long startedMs;
  private final long startedNanos;
  private final AtomicBoolean hinted = new AtomicBoolean();
  private final Object lock = new Object();

  /** Slots that have come to rest since the start; guarded by the lock, as what follows. */
  private final Set<String> settled = new HashSet<>();

  private BusState bus;
  private Readiness.Link link = Readiness.Link.TRYING;
  private boolean stopping;
  private volatile Snapshot current;

  /**
   * Begins to follow the slots.
   *
   * @param connected whether systemd can be reached
   * @param bus how the message bus is before {@link #bus} says otherwise
   */
  public ReadinessBoard(
      Node node,
      SlotManager slots,
      BooleanSupplier connected,
      Requirements requirements,
      BusState bus,
      Clockwork clock) {
    this.node = node;
    this.slots = slots;
    this.connected = connected;
    this.requirements = requirements;
    this.bus = bus;
    this.clock = clock;
    this.startedMs = clock.now().toEpochMilli();
    this.startedNanos = clock.nanos();
    synchronized (lock) {
      List<SlotView> views = slots.views();
      current = snapshot(1, readiness(views), startedMs, views);
    }
    slots.watch(this::hint);
    clock.schedule(FIRST_TRY, this::look);
    look();
  }

  /** Comes from the slots' own loops: returns at once, and once for a burst. */
  private void hint() {
    if (hinted.compareAndSet(false, true)) {
      clock.schedule(SETTLE, this::look);
    }
  }

  /** The node as it is now. */
  public Snapshot look() {
    synchronized (lock) {
      hinted.set(false);
      List<SlotView> views = slots.views();
      Readiness readiness = readiness(views);
      boolean same = readiness.equals(current.readiness());
      long now = clock.now().toEpochMilli();
      Snapshot next =
          snapshot(
              current.seq(),
              readiness,
              same ? current.lastTransitionMs() : Math.max(now, current.lastTransitionMs() + 1),
              views);
      boolean changed = next.differsFrom(current);
      current = changed ? numbered(next, current.seq() + 1) : next;
      if (changed) {
        lock.notifyAll();
      }
      return current;
    }
  }

  private Readiness readiness(List<SlotView> views) {
    settled.retainAll(views.stream().map(SlotView::name).collect(Collectors.toSet()));
    views.stream().filter(Requirements::isOutcome).map(SlotView::name).forEach(settled::add);
    link = link();
    Readiness readiness = Readiness.of(link, requirements.of(views, settled));
    return stopping ? readiness.stopping() : readiness;
  }

  private Readiness.Link link() {
    if (connected.getAsBoolean()) {
      return Readiness.Link.UP;
    }
    boolean early = clock.nanos() - startedNanos < FIRST_TRY.toNanos();
    return link == Readiness.Link.TRYING && early ? Readiness.Link.TRYING : Readiness.Link.DOWN;
  }

  private Snapshot snapshot(
      long seq, Readiness readiness, long lastTransitionMs, List<SlotView> views) {
    return new Snapshot(
        node.name(),
        node.bootId(),
        startedMs,
        seq,
        readiness,
        lastTransitionMs,
        clock.now().toEpochMilli(),
        bus,
        Snapshot.slots(views),
        stopping);
  }

  private static Snapshot numbered(Snapshot one, long seq) {
    return new Snapshot(
        one.node(),
        one.bootId(),
        one.startedMs(),
        seq,
        one.readiness(),
        one.lastTransitionMs(),
        one.timestampMs(),
        one.bus(),
        one.slots(),
        one.last());
  }

  /** The readiness's word as it was a moment ago. Takes no lock: requests that are refused ask. */
  public String word() {
    return current.readiness().state().word();
  }

  /** The message bus's state has changed. */
  public void bus(BusState now) {
    synchronized (lock) {
      bus = now;
      look();
    }
  }

  /**
   * The daemon begins to end: from now on it is unavailable, and every reader is told a last time.
   */
  public void stop() {
    synchronized (lock) {
      stopping = true;
      look();
      lock.notifyAll();
    }
  }

  /**
   * Waits for a change, or the end.
   *
   * @param seen the number of the last snapshot that was told
   * @param patience how long at most
   * @return the node as it is then
   */
  Snapshot await(long seen, Duration patience) throws InterruptedException {
    long deadline = clock.nanos() + patience.toNanos();
    synchronized (lock) {
      while (current.seq() == seen && !waited(deadline)) {
        // Woken by any change.
      }
    }
    return look();
  }

  /** Waits, whatever changes, but not beyond the daemon's end. */
  void rest(Duration time) throws InterruptedException {
    long deadline = clock.nanos() + time.toNanos();
    synchronized (lock) {
      while (!stopping && !waited(deadline)) {
        // Woken by any change.
      }
    }
  }

  /** Waits for the next wake-up; whether the time is over. */
  private boolean waited(long deadline) throws InterruptedException {
    long left = deadline - clock.nanos();
    if (left <= 0) {
      return true;
    }
    lock.wait(left / 1_000_000 + 1);
    return false;
  }
}
