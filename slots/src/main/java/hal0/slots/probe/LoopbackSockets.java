package hal0.slots.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;

/**
 * Sockets that reach 127.0.0.1 and nothing else, past every proxy setting of the JVM.
 *
 * <p>A port among the system's ephemeral ones that nobody listens on can be chosen for the caller's
 * own end: the socket is then connected with itself and keeps the server from its port. Such a
 * connection counts as refused.
 */
class LoopbackSockets {
  /** A socket that is not connected yet. */
  Socket createSocket() {
    return new LoopbackSocket();
  }

  private static final class LoopbackSocket extends Socket {
    LoopbackSocket() {
      super(Proxy.NO_PROXY);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      if (!(endpoint instanceof InetSocketAddress address)
          || address.getAddress() == null
          || !address.getAddress().isLoopbackAddress()) {
        throw new ConnectException("not an address of this machine: " + endpoint);
      }
      super.connect(endpoint, timeout);
      if (getLocalPort() == getPort() && getLocalAddress().equals(getInetAddress())) {
        close();
        throw new ConnectException("Connection refused (the socket met itself)");
      }
    }
  }
}
