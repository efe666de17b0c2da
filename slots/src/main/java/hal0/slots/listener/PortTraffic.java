package hal0.slots.listener;

import java.io.IOException;
import java.util.List;

/** Tells what the connections of a server have moved. Safe for use by many threads. */
@FunctionalInterface
public interface PortTraffic {
  /**
   * Looks once, at the connections that are open now: one that came and went since the last look is
   * not among them.
   *
   * @param port the server's, on any address of this machine
   * @throws IOException if the kernel cannot be asked, with its reason
   */
  List<Moved> look(int port) throws IOException;

  /**
   * What one connection has moved since it was opened, in bytes, as counted at the server's end.
   *
   * @param connection the kernel's own number of it, never given twice
   * @param written what the server has written, whether or not it has been sent yet
   * @param taken what of that the client has acknowledged
   * @param read what the server has read of what the client has sent; what still waits for it is
   *     not in it
   */
  record Moved(long connection, long written, long taken, long read) {}
}
