package hal0.slots.probe;

import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A clock that stands still until it is told to go on; timers and threads are the machine's. */
final class SteppedClock implements Clockwork {
  private final Clockwork machine = new SystemClockwork();
  private final AtomicLong nanos = new AtomicLong();

  void advance(Duration step) {
    nanos.addAndGet(step.toNanos());
  }

  @Override
  public Instant now() {
    return Instant.EPOCH.plusNanos(nanos.get());
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return machine.schedule(delay, task);
  }

  @Override
  public void execute(Runnable task) {
    machine.execute(task);
  }

  @Override
  public RandomGenerator random() {
    return machine.random();
  }
}
