package hal0.tests.sim;

import java.time.Duration;
import java.util.Random;

/**
 * What the next process of a unit will do. Immutable.
 *
 * @param exec how long systemd needs until the program runs ({@code activating}); above systemd's
 *     own limit of 90 s it never does
 * @param beginning how the start ends
 * @param listen from the start of the program until its port answers
 * @param load from then until its model is loaded
 * @param loading what becomes of the load
 * @param stop how long it takes to end after SIGTERM
 * @param stopping how it takes SIGTERM
 */
public record Program(
    Duration exec,
    Beginning beginning,
    Duration listen,
    Duration load,
    Loading loading,
    Duration stop,
    Stopping stopping) {

  /** How a start ends. */
  public enum Beginning {
    RUNS,
    /** The program cannot be executed: exit code 203. */
    NO_EXEC,
    /** A unit that it requires has failed: the job ends with {@code dependency}. */
    NO_DEPENDENCY
  }

  /** What becomes of a load. */
  public enum Loading {
    /** Its model, if it was given one. */
    LOADS,
    /** It listens, and has no model. */
    STAYS_EMPTY,
    /** It says "loading" for ever. */
    NEVER_ENDS,
    /** It ends with exit code 1 instead of being loaded. */
    EXITS,
    /** The kernel kills it for its memory instead. */
    RUNS_OUT_OF_MEMORY,
    /** It ends with exit code 0 instead. */
    ENDS
  }

  /** How SIGTERM is taken. */
  public enum Stopping {
    /** It dies of the signal, which systemd takes for a clean end. */
    DIES,
    /** It cleans up and exits with 0. */
    EXITS,
    /** It exits with 1, which systemd takes for a failure. */
    EXITS_BADLY,
    /** It goes on until SIGKILL. */
    IGNORES
  }

  /** One that is up soon and ends when told. */
  public static Program wellBehaved() {
    return new Program(
        Duration.ofMillis(5),
        Beginning.RUNS,
        Duration.ofMillis(40),
        Duration.ofSeconds(2),
        Loading.LOADS,
        Duration.ofMillis(200),
        Stopping.EXITS);
  }

  /** One that is as well, in its own time. */
  static Program drawn(Random random) {
    return wellBehaved()
        .lasting(upTo(random, 200), upTo(random, 1_200), upTo(random, 400))
        .executedAfter(upTo(random, 10));
  }

  private static Duration upTo(Random random, int millis) {
    return Duration.ofMillis(1 + random.nextInt(millis));
  }

  /** The same with another end of the load. */
  public Program with(Loading other) {
    return new Program(exec, beginning, listen, load, other, stop, stopping);
  }

  /** The same with another answer to SIGTERM. */
  public Program with(Stopping other) {
    return new Program(exec, beginning, listen, load, loading, stop, other);
  }

  /** The same with another beginning. */
  public Program with(Beginning other) {
    return new Program(exec, other, listen, load, loading, stop, stopping);
  }

  /** The same with other times. */
  public Program lasting(Duration newListen, Duration newLoad, Duration newStop) {
    return new Program(exec, beginning, newListen, newLoad, loading, newStop, stopping);
  }

  /** The same with another time until the program runs. */
  public Program executedAfter(Duration newExec) {
    return new Program(newExec, beginning, listen, load, loading, stop, stopping);
  }
}
