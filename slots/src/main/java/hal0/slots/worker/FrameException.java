package hal0.slots.worker;

import java.io.IOException;

/** Bytes that are no frame, or content that can't be one. */
public final class FrameException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Why {
    /** Longer than allowed, or of no length at all. */
    TOO_LARGE,
    /** Not one JSON object with a kind. */
    NOT_JSON,
    /** The connection ended within a frame. */
    CUT_OFF
  }

  private final Why why;

  FrameException(Why why, String message, Throwable cause) {
    super(message, cause);
    this.why = why;
  }

  /** What is wrong. */
  public Why why() {
    return why;
  }
}
