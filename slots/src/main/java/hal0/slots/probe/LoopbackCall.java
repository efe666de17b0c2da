package hal0.slots.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** One request on a connection of its own. May be cancelled by any thread, at any time. */
final class LoopbackCall implements AutoCloseable {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final LoopbackClient client;
  private final int port;
  private final String path;
  private final byte[] request;
  private final Runnable connecting;
  private Socket socket;
  private boolean over;

  /**
   * @param path what is asked, for people
   * @param request all of its bytes
   */
  LoopbackCall(LoopbackClient client, int port, String path, byte[] request, Runnable connecting) {
    this.client = client;
    this.port = port;
    this.path = path;
    this.request = request;
    this.connecting = connecting;
  }

  int port() {
    return port;
  }

  String path() {
    return path;
  }

  /**
   * Connects, sends the request and reads the head of the answer. Blocks until it is there or the
   * call is cancelled.
   */
  HttpAnswer send() throws IOException {
    Socket mine = open();
    connecting.run();
    mine.connect(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    mine.setTcpNoDelay(true);
    mine.getOutputStream().write(request);
    return HttpAnswer.read(mine.getInputStream());
  }

  private synchronized Socket open() throws IOException {
    if (over || socket != null) {
      throw new SocketException("Socket closed");
    }
    socket = client.open();
    return socket;
  }

  /** Ends it, whatever it waits for: that throws. Ending it twice does nothing. */
  void cancel() {
    Socket last;
    synchronized (this) {
      over = true;
      last = socket;
      socket = null;
    }
    if (last != null) {
      client.close(last);
    }
  }

  @Override
  public void close() {
    cancel();
  }
}
