package hal0.tests.sim;

/** A rule that a history broke. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final String rule;

  /** Names the rule and says what was seen. */
  public Violation(String rule, String seen) {
    super(rule + ": " + seen);
    this.rule = rule;
  }

  /** The same with what led to it. */
  public Violation(String rule, String seen, Throwable cause) {
    super(rule + ": " + seen, cause);
    this.rule = rule;
  }

  /** Which rule. */
  public String rule() {
    return rule;
  }
}
