package hal0.slots.worker;

/**
 * How a worker's process came to its end when nobody asked for it.
 *
 * @param role what the worker did
 * @param pid its process, which is no more
 * @param end how it ended
 * @param log the last 4 KiB, at most, of what it wrote to stdout and stderr; "" for none
 */
public record Crash(Role role, long pid, ExitWord end, String log) {
  /** One line, and the log below it. */
  public String message() {
    String line = "the " + role.word() + " worker (pid " + pid + ") " + end.sentence();
    return log.isBlank() ? line + "; it logged nothing" : line + "; it logged last:\n" + log;
  }
}
