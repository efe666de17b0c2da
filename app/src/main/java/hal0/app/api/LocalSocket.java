package hal0.app.api;

import hal0.app.auth.Peers;
import hal0.slots.record.StateLock;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;

/**
 * Where the API listens beside its address: a unix socket, which tells who is at the other end.
 *
 * @param path its directory is made where it is missing
 * @param system whether people of the group hal0 may connect; else only the daemon's own user
 */
public record LocalSocket(Path path, boolean system) {
  /** Longer paths cannot be had, see unix(7). */
  private static final int LONGEST = 107;

  /**
   * Begins to listen.
   *
   * @return what to close after the server has ended
   * @throws IOException if it cannot be had: another daemon has it, or the directory allows nothing
   */
  AutoCloseable open(Server server, ConnectionFactory http, long idleMillis, Clockwork clock)
      throws IOException {
    if (path.toString().length() > LONGEST) {
      throw new IOException("the path is too long");
    }
    // Whoever has the lock may replace the socket: it outlives its daemon.
    StateLock lock = StateLock.take(path.getParent(), clock);
    var connector = new UnixDomainServerConnector(server, 0, 1, http);
    try {
      Files.deleteIfExists(path);
      connector.setUnixDomainPath(path);
      connector.setIdleTimeout(idleMillis);
      connector.setShutdownIdleTimeout(100);
      server.addConnector(connector);
      connector.start();
      permit();
      return lock;
    } catch (Exception e) {
      server.removeConnector(connector);
      lock.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Until then nobody but its owner may connect: that takes the right to write. */
  private void permit() throws IOException {
    boolean shared = system && giveToGroup();
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(shared ? "rw-rw----" : "rw-------"));
  }

  private boolean giveToGroup() throws IOException {
    var users = path.getFileSystem().getUserPrincipalLookupService();
    try {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setGroup(users.lookupPrincipalByGroupName(Peers.NAME));
      return true;
    } catch (UserPrincipalNotFoundException noSuchGroup) {
      return false;
    }
  }
}
