package hal0.tests.chaos;

import hal0.tests.bed.PrivateSystemd;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Acts at random on a daemon's slots for some time, then keeps still and compares every state with
 * what systemd and the upstream say. The seed gives the same acts in the same order; when each
 * meets the daemon is the machine's business.
 */
public final class Chaos {
  private static final String USAGE = "chaos [--for 60s|5m|1h] [--seed N] [--slots N]";

  /**
   * What is to be done.
   *
   * @param length for how long there are acts
   * @param slots how many
   */
  public record Plan(Duration length, long seed, int slots) {
    /** How to do it again. */
    public String command() {
      return "tests/bin/chaos --for "
          + length.toSeconds()
          + "s --seed "
          + seed
          + " --slots "
          + slots;
    }
  }

  private Chaos() {}

  /** Runs by the command line: exit code 0 when all was true, 1 when not, 2 for wrong usage. */
  public static void main(String[] arguments) {
    Plan plan;
    try {
      plan = plan(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("chaos: " + e.getMessage() + "\n" + USAGE);
      System.exit(2);
      return;
    }
    Optional<String> whyNot = PrivateSystemd.whyNot();
    if (whyNot.isPresent()) {
      System.err.println("chaos: no systemd for it: " + whyNot.get());
      System.exit(1);
    }
    try {
      System.out.println(run(plan));
    } catch (AssertionError | RuntimeException e) {
      System.err.println(e.getMessage());
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  /**
   * Does it all.
   *
   * @return what was done, in one line
   * @throws AssertionError with everything there is to know, the command that does it again among
   *     it, where something was not true in the end
   */
  public static String run(Plan plan) {
    System.out.println("[chaos] " + plan.command());
    try (Ground ground = Ground.prepare(plan.slots())) {
      Storm storm = new Storm(ground, plan.seed());
      try {
        storm.rage(plan.length());
        Duration calm = new Calm(ground).settle();
        return "[chaos] all true " + calm.toMillis() + " ms after " + storm.summary();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "chaos found something: "
                + e.getMessage()
                + "\n"
                + storm.history()
                + ground.report()
                + "\nonce more: "
                + plan.command(),
            e);
      }
    }
  }

  private static Plan plan(List<String> arguments) {
    Duration length = Duration.ofSeconds(60);
    long seed = ThreadLocalRandom.current().nextInt(1_000_000);
    int slots = 10;
    for (int i = 0; i < arguments.size(); i += 2) {
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(arguments.get(i) + " has no value");
      }
      String value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--for" -> length = duration(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--slots" -> slots = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("unknown: " + arguments.get(i));
      }
    }
    if (slots < 1 || slots > 200) {
      throw new IllegalArgumentException("--slots is from 1 to 200");
    }
    return new Plan(length, seed, slots);
  }

  private static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }
}
