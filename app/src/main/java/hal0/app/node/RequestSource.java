package hal0.app.node;

import java.io.IOException;

/** Where requests come from, and where their answers go. Safe for use by many threads. */
public interface RequestSource {
  /** Hears of requests. Must return at once. */
  interface Listener {
    /** From now on requests are heard. */
    void opened();

    /** One came, as its sender wrote it; nothing, if it was longer than is read. */
    void arrived(byte[] request);
  }

  /**
   * Listens until that fails, on the caller's thread.
   *
   * @throws IOException always, in the end; the message says why, in one line, the same for the
   *     same cause
   */
  void follow(Listener listener) throws IOException;

  /** Ends a {@link #follow} that is under way: it may hang on a connection that is dead. */
  void hangUp();

  /**
   * Publishes an answer; returns when it was accepted, within seconds.
   *
   * @throws IOException if it was not
   */
  void answer(byte[] answer) throws IOException;
}
