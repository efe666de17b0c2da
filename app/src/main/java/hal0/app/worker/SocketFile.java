package hal0.app.worker;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;

/** A socket that is listened on, and its file, which goes with it. */
final class SocketFile implements AutoCloseable {
  private static final int BACKLOG = 64;

  private final Path path;
  private final ServerSocketChannel server;
  private final Object key;

  private SocketFile(Path path, ServerSocketChannel server, Object key) {
    this.path = path;
    this.server = server;
    this.key = key;
  }

  /**
   * Listens there; a socket that nobody listens on any more is replaced.
   *
   * @throws IOException when another worker listens there, when it is another kind of file, or when
   *     the path is too long for a socket
   */
  static SocketFile listen(Path path, Set<PosixFilePermission> mode) throws IOException {
    makeWay(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      Files.setPosixFilePermissions(path, mode);
      return new SocketFile(path, server, attributes(path).fileKey());
    } catch (IOException e) {
      server.close();
      throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
    }
  }

  ServerSocketChannel server() {
    return server;
  }

  /** Closes it; the file is removed unless another worker has put its own there. */
  @Override
  public void close() throws IOException {
    server.close();
    try {
      if (Objects.equals(attributes(path).fileKey(), key)) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException gone) {
      // That is what was wanted.
      return;
    }
  }

  private static void makeWay(Path path) throws IOException {
    try {
      if (!attributes(path).isOther()) {
        throw new IOException("cannot listen on " + path + ": a file that is no socket is there");
      }
    } catch (NoSuchFileException free) {
      return;
    }
    if (isLive(path)) {
      throw new IOException("cannot listen on " + path + ": another worker listens there");
    }
    Files.deleteIfExists(path);
  }

  private static boolean isLive(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // A worker that takes no more connections is one, too: don't wait for it.
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (ConnectException | NoSuchFileException refused) {
      return false;
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
