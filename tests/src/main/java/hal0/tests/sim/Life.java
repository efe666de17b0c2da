package hal0.tests.sim;

import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * One life of the daemon: its clock, and the end of it. Once it is over none of its tasks runs any
 * more, nothing is delivered to it, and what it still asks of a port has no effect, as after {@code
 * kill -9}. Every port announces each call and each return here, so that a test can end the life
 * exactly there.
 */
public final class Life implements Clockwork {
  private final SimClockwork world;
  private final int number;
  private int callsLeft = Integer.MAX_VALUE;
  private int calls;
  private String endedAt = "";
  private boolean over;

  /**
   * A new life.
   *
   * @param number for messages, from 1
   */
  public Life(SimClockwork world, int number) {
    this.world = world;
    this.number = number;
  }

  /** Its number, from 1. */
  public int number() {
    return number;
  }

  /** Whether it has ended. */
  public boolean isOver() {
    return over;
  }

  /** The port call in which it ended; empty when it ended between two tasks, or has not. */
  public String endedAt() {
    return endedAt;
  }

  /** How often a port has said where it is. */
  public int calls() {
    return calls;
  }

  /** Ends it now. */
  public void end() {
    over = true;
  }

  /** Ends it at the {@code calls}-th announcement from now, from 1. */
  public void endAfter(int calls) {
    callsLeft = calls;
  }

  /**
   * A port says where the daemon is: just before an effect on the world, and just after it.
   *
   * @throws Killed if the life is over, or ends here
   */
  public void at(String place) {
    calls++;
    if (!over && --callsLeft <= 0) {
      over = true;
      endedAt = place;
    }
    if (over) {
      throw new Killed();
    }
  }

  @Override
  public Instant now() {
    return world.now();
  }

  @Override
  public long nanos() {
    return world.nanos();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return world.schedule(delay, () -> live(task));
  }

  @Override
  public void execute(Runnable task) {
    world.execute(() -> live(task));
  }

  @Override
  public RandomGenerator random() {
    return world.random();
  }

  private void live(Runnable task) {
    if (over) {
      return;
    }
    try {
      task.run();
    } catch (Killed killed) {
      over = true;
    }
  }

  /** Thrown through a daemon that is killed in the middle of a call. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    private Killed() {
      super("killed", null, false, false);
    }
  }
}
