package hal0.app.worker.engine;

/** What a request's handler may tell before it has its answer. For the handler's thread. */
public interface Reply extends Progress {
  /**
   * A piece of the answer's text: sent at once where the client wants a stream, kept for the whole
   * answer otherwise; the handler need not know which. For chat and vision only.
   *
   * @throws CancelledException when the client is gone; the handler lets it pass
   */
  void delta(String text) throws CancelledException;

  /** The client is gone. */
  final class CancelledException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the reason, if it is known. */
    public CancelledException(Throwable cause) {
      super("the client is gone", cause);
    }
  }
}
