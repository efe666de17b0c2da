package hal0.app.node;

import java.io.IOException;

/** Where the node's heartbeats go. Safe for use by many threads. */
public interface HeartbeatSink {
  /**
   * Publishes one; returns when it was accepted, within seconds.
   *
   * @throws IOException if it was not; the message says why, in one line, the same for the same
   *     cause
   */
  void publish(byte[] heartbeat) throws IOException;
}
