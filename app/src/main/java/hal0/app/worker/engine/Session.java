package hal0.app.worker.engine;

/**
 * One model at work. Its methods are never called at the same time: {@link #load} comes first and
 * once, on any thread; then {@link #handle}, one request after the other; {@link #close} comes last
 * and once, also where the load failed.
 */
public interface Session extends AutoCloseable {
  /**
   * Brings the model into memory.
   *
   * @throws Exception why it can't be; every request is then answered with that
   */
  void load(Progress progress) throws Exception;

  /**
   * Answers a request. Long work tells {@link Reply#advanced()} that it gets on, more often than
   * the unit's watchdog period, and asks now and then whether it is {@link Reply#cancelled()}.
   *
   * @throws IllegalArgumentException when the request is wrong: the client is told {@code
   *     bad_request}
   * @throws Exception for anything else: the client is told {@code engine_failed}; the session goes
   *     on
   */
  Answer handle(Request request, Reply reply) throws Exception;

  /** Gives back what it holds. */
  @Override
  void close();
}
