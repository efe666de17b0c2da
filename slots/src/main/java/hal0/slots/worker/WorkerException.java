package hal0.slots.worker;

/** Why a worker gave no answer. Each kind is a class of its own, so that a switch can be whole. */
public abstract sealed class WorkerException extends Exception {
  private static final long serialVersionUID = 1L;

  private WorkerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The worker's own answer is an error: its engine's, or a request that it can't take. */
  public static final class Answered extends WorkerException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String trace;

    Answered(String type, String message, String trace) {
      super(message, null);
      this.type = type;
      this.trace = trace;
    }

    /** One of the words of docs/worker-protocol.md, such as {@code bad_request}. */
    public String type() {
      return type;
    }

    /** Where it came from in the worker; "" where it doesn't say. */
    public String trace() {
      return trace;
    }
  }

  /** The request is too large or can't be encoded: nothing was sent, no other call is concerned. */
  public static final class Unsendable extends WorkerException {
    private static final long serialVersionUID = 1L;

    Unsendable(FrameException cause) {
      super("the request " + cause.getMessage(), cause);
    }
  }

  /** The answer, or its next part, did not come in time; the worker is told to stop it. */
  public static final class TimedOut extends WorkerException {
    private static final long serialVersionUID = 1L;

    TimedOut(String message) {
      super(message, null);
    }
  }

  /** The caller gave the request up. */
  public static final class Cancelled extends WorkerException {
    private static final long serialVersionUID = 1L;

    Cancelled() {
      super("the request was cancelled", null);
    }
  }

  /** More callers wait than may. */
  public static final class Saturated extends WorkerException {
    private static final long serialVersionUID = 1L;

    Saturated(int waiting) {
      super(waiting + " requests wait for this worker already", null);
    }
  }

  /** It can't be reached, or the connection ended before the answer did. */
  public static final class Lost extends WorkerException {
    private static final long serialVersionUID = 1L;

    Lost(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** It answered what is no answer to what was asked. */
  public static final class Broken extends WorkerException {
    private static final long serialVersionUID = 1L;

    Broken(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The process ended by itself; one crash is one {@link Crash}, however many waited. */
  public static final class Crashed extends WorkerException {
    private static final long serialVersionUID = 1L;

    private final transient Crash crash;

    Crashed(Crash crash) {
      super(crash.message(), null);
      this.crash = crash;
    }

    /** The same object for everybody whom this crash concerns. */
    public Crash crash() {
      return crash;
    }
  }

  /** This side of the channel was closed. */
  public static final class Closed extends WorkerException {
    private static final long serialVersionUID = 1L;

    Closed() {
      super("the channel to the worker is closed", null);
    }
  }
}
