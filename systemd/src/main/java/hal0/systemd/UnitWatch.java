package hal0.systemd;

/**
 * Tells of changes of slots' units. A signal is a hint: the listener reads the unit again. Jobs are
 * facts: they cannot be read afterwards.
 */
public interface UnitWatch {
  /**
   * Hears of changes. Called on the thread that reads the bus, one call at a time: enqueue and
   * return; what a listener throws is logged and dropped.
   */
  interface Listener {
    /** Something of this unit changed. */
    void changed(UnitName unit);

    /**
     * A job of this unit was queued.
     *
     * @param type what it does, or empty when that could not be read in time
     */
    void jobQueued(UnitName unit, int id, String type);

    /** A job of this unit ended. */
    void jobEnded(UnitName unit, int id, JobResult result);

    /**
     * The bus is there, again or for the first time, and every later signal will be heard: read
     * everything again.
     */
    void connected();

    /** The bus is gone. Signals are lost until {@link #connected()}. */
    void disconnected(String why);
  }

  /**
   * Begins to tell a listener; {@link Listener#connected()} is called soon after, if the bus is
   * there. One listener only.
   */
  void listen(Listener listener);

  /** Whether the bus is there, as far as is known. */
  boolean isConnected();
}
