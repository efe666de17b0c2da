package hal0.slots.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Sockets that reach 127.0.0.1 and nothing else, past every proxy setting of the JVM.
 *
 * <p>A port among the system's ephemeral ones that nobody listens on can be chosen for the caller's
 * own end: the socket is then connected with itself and keeps the server from its port. Such a
 * connection counts as refused.
 */
class LoopbackSockets extends SocketFactory {
  @Override
  public Socket createSocket() {
    return new LoopbackSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket(InetAddress.getByName(host), port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(InetAddress.getByName(host), port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    Socket socket = createSocket();
    socket.connect(new InetSocketAddress(host, port));
    return socket;
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    Socket socket = createSocket();
    socket.bind(new InetSocketAddress(localAddress, localPort));
    socket.connect(new InetSocketAddress(address, port));
    return socket;
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
