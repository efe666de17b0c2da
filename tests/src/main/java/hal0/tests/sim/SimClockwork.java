package hal0.tests.sim;

import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Time that moves only when a test says so. Everything runs on the caller's thread; tasks that are
 * due at the same instant run in an order drawn from the seed. Not safe for use by many threads.
 */
public final class SimClockwork implements Clockwork {
  /** The wall clock at the beginning of every simulated world. */
  public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  /** More tasks than that at one instant are an endless loop. */
  private static final int TASKS_PER_INSTANT = 200_000;

  private final PriorityQueue<Task> queue = new PriorityQueue<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Random order;
  private final Random dice;
  private Runnable afterEach = () -> {};
  private long nanos;
  private long wallOffset;
  private long numbers;

  /** A clock that stands at {@link #EPOCH}. */
  public SimClockwork(long seed) {
    this.order = new Random(seed * 31 + 1);
    this.dice = new Random(seed * 31 + 2);
  }

  @Override
  public Instant now() {
    return EPOCH.plusNanos(nanos + wallOffset);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    long at = nanos + Math.max(0, delay.toNanos());
    Task entry = new Task(at, order.nextInt(), numbers++, task);
    queue.add(entry);
    return entry;
  }

  @Override
  public void execute(Runnable task) {
    schedule(Duration.ZERO, task);
  }

  @Override
  public RandomGenerator random() {
    return dice;
  }

  /** Sets the wall clock forward or back; {@link #nanos()} does not notice. */
  public void jump(Duration by) {
    wallOffset += by.toNanos();
  }

  /**
   * Runs the next task, and moves time to it.
   *
   * @return whether there was one
   */
  public boolean step() {
    Task next = peek();
    if (next == null) {
      return false;
    }
    queue.remove();
    nanos = Math.max(nanos, next.at);
    next.run(this);
    afterEach.run();
    return true;
  }

  /** Runs everything that is due now, and what follows from it at this instant. */
  public void settle() {
    advance(Duration.ZERO);
  }

  /** Moves time on and runs everything that becomes due. */
  public void advance(Duration by) {
    long until = nanos + by.toNanos();
    long instant = nanos;
    int here = 0;
    for (Task next = peek(); next != null && next.at <= until; next = peek()) {
      step();
      here = nanos == instant ? here + 1 : 0;
      instant = nanos;
      if (here > TASKS_PER_INSTANT) {
        throw new AssertionError("tasks follow each other without end at " + now());
      }
    }
    nanos = until;
  }

  /**
   * Moves time on, task by task, until something is true.
   *
   * @return whether it became true within {@code limit}
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    long until = nanos + limit.toNanos();
    while (!condition.getAsBoolean()) {
      Task next = peek();
      if (next == null || next.at > until) {
        nanos = until;
        return condition.getAsBoolean();
      }
      step();
    }
    return true;
  }

  /** Called after every task, on the same thread; what it throws ends the run. */
  public void afterEach(Runnable look) {
    afterEach = look;
  }

  /** What tasks threw, in order: no task of a well daemon throws anything. */
  public List<Throwable> failures() {
    return failures;
  }

  /** How many tasks wait for their time. */
  public int pending() {
    queue.removeIf(task -> task.cancelled);
    return queue.size();
  }

  private Task peek() {
    while (!queue.isEmpty() && queue.peek().cancelled) {
      queue.remove();
    }
    return queue.peek();
  }

  private static final class Task implements Timer, Comparable<Task> {
    private final long at;
    private final int draw;
    private final long number;
    private final Runnable work;
    private boolean cancelled;

    private Task(long at, int draw, long number, Runnable work) {
      this.at = at;
      this.draw = draw;
      this.number = number;
      this.work = work;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    private void run(SimClockwork clock) {
      try {
        work.run();
      } catch (RuntimeException | Error thrown) {
        clock.failures.add(thrown);
      }
    }

    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(at, other.at);
      int byDraw = byTime != 0 ? byTime : Integer.compare(draw, other.draw);
      return byDraw != 0 ? byDraw : Long.compare(number, other.number);
    }
  }
}
