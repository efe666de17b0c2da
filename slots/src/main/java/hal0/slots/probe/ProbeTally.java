package hal0.slots.probe;

/**
 * How many probes of a live slot have failed in a row. Immutable and pure: each result makes a new one.
 *
 * @param invocation systemd's InvocationID of the process that was probed; a new process starts the count afresh
 * @param failures in a row, zero or more
 */
public record ProbeTally(String invocation, int failures) {
  /** Nothing has been probed yet. */
  public static final ProbeTally NONE = new ProbeTally("", 0);

  /**
   * Counts one result. {@link Verdict#INCONCLUSIVE} counts for nothing. A failure does not count either while a request
   * in flight has moved a byte since the last probe: many servers answer nothing while they work.
   *
   * @param asked the invocation when the probe began
   * @param verdict what it found
   * @param busy whether a request in flight has moved a byte since the last probe
   */
  public ProbeTally after(String asked, Verdict verdict, boolean busy) {
    ProbeTally before = asked.equals(invocation) ? this : new ProbeTally(asked, 0);
    if (verdict.isAlive()) {
      return new ProbeTally(asked, 0);
    }
    if (!verdict.isFailure() || busy) {
      return before;
    }
    return new ProbeTally(asked, before.failures == Integer.MAX_VALUE ? before.failures : before.failures + 1);
  }

  /** Whether a live slot has come to its end: {@code limit} failures in a row, at least one. */
  public boolean isOver(int limit) {
    return failures >= Math.max(1, limit);
  }
}
