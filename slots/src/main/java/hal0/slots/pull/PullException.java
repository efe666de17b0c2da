package hal0.slots.pull;

import java.util.LinkedHashMap;
import java.util.Map;

/** Something could not be fetched. The message is for people, one line, and names what and why. */
public final class PullException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, Object> details;

  /**
   * @param details facts for programs: JSON values by name
   */
  public PullException(String message, Map<String, Object> details) {
    super(message);
    this.details = Map.copyOf(details);
  }

  /** Facts for programs. */
  public Map<String, Object> details() {
    return details;
  }

  /** The same with what was wanted, which every failure tells. */
  PullException of(Want want) {
    Map<String, Object> more = new LinkedHashMap<>(details);
    more.put(want.what(), want.name());
    more.put("from", want.from());
    if (want instanceof Want.File file) {
      more.put("path", file.path().toString());
    }
    String said = want.name() + " could not be fetched from " + want.from() + ": " + getMessage();
    PullException whole = new PullException(said, more);
    whole.initCause(this);
    return whole;
  }
}
