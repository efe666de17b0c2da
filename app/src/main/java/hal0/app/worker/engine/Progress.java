package hal0.app.worker.engine;

/** Where work says that it gets on; without that, a watchdog takes it for stuck. Thread-safe. */
public interface Progress {
  /** It got on. Cheap: may be called for every token. */
  void advanced();

  /**
   * A load got on.
   *
   * @param fraction of the model that is loaded, 0 to 1
   * @param text one line for people
   */
  void advanced(double fraction, String text);

  /** Whether nobody wants it any more; the work may then end as it likes. */
  boolean cancelled();
}
