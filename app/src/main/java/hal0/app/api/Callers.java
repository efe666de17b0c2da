package hal0.app.api;

import hal0.app.auth.Peers;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;

/** Who sent a request, as far as that is known. */
final class Callers {
  private static final String ATTRIBUTE = Callers.class.getName();

  private Callers() {}

  /** Whoever is at the other end of the socket; empty for what came over the network. */
  static Optional<Peers.Peer> peer(Request request, Peers peers) throws IOException {
    ConnectionMetaData about = request.getConnectionMetaData();
    if (!(about.getConnector() instanceof UnixDomainServerConnector)
        || !(about.getConnection().getEndPoint().getTransport() instanceof SocketChannel channel)) {
      return Optional.empty();
    }
    Peers.Peer peer = peers.of(channel);
    request.setAttribute(ATTRIBUTE, peer);
    return Optional.of(peer);
  }

  /** A name for people: a user's, or an address. */
  static String name(Request request) {
    return request.getAttribute(ATTRIBUTE) instanceof Peers.Peer peer
        ? peer.user()
        : Request.getRemoteAddr(request);
  }
}
