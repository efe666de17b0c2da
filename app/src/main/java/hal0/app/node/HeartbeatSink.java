package hal0.app.node;

import java.io.IOException;

/** Where the node's heartbeats go. Safe for use by many threads. */
public interface HeartbeatSink {
  /**
   * Publishes one; returns when it was accepted, within seconds.
   *
   * @throws Refused if it was refused
   * @throws IOException if it was not accepted for another reason. The message says why, in one
   *     line, the same for the same cause
   */
  void publish(byte[] heartbeat) throws IOException;

  /** The other side is there, and does not accept it. */
  final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what it answered. */
    public Refused(String message) {
      super(message);
    }
  }
}
