package hal0.app.node;

import java.io.IOException;

/** A Zenoh router with the REST plugin, for tests. */
interface Router extends AutoCloseable {
  /** Where its plugin is, the same before and after a restart. */
  String url();

  /** Goes away: every connection ends. */
  void stop() throws IOException, InterruptedException;

  /** Comes back. */
  void start() throws IOException, InterruptedException;

  @Override
  void close();
}
