package hal0.systemd;

import java.util.Locale;

/** How a job ended, in systemd's own words ({@code JobRemoved}'s last argument). */
public enum JobResult {
  DONE,
  CANCELED,
  TIMEOUT,
  FAILED,
  DEPENDENCY,
  SKIPPED,
  INVALID,
  ASSERT,
  UNSUPPORTED,
  COLLECTED,
  ONCE;

  /** Reads systemd's word; an unknown one counts as {@link #FAILED}. */
  public static JobResult of(String word) {
    for (JobResult result : values()) {
      if (result.word().equals(word)) {
        return result;
      }
    }
    return FAILED;
  }

  /** systemd's own word for it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
