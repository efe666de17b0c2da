package hal0.tests.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends back what it gets over a Unix socket, and nothing else: what no worker can go under. */
final class BareEcho {
  private static final int SIZE = 64 << 10;

  private BareEcho() {}

  /** Takes the socket's path; serves one connection. */
  public static void main(String[] arguments) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Path socket = Path.of(arguments[0]);
      Path early = socket.resolveSibling("early");
      server.bind(UnixDomainSocketAddress.of(early));
      // It has its name only once it is listened on.
      Files.move(early, socket);
      try (SocketChannel client = server.accept()) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        while (client.read(bytes.clear()) >= 0) {
          client.write(bytes.flip());
        }
      }
    }
  }

  /** One that runs in a process of its own. */
  static Process start(Path socket) throws IOException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    return new ProcessBuilder(
            java,
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            BareEcho.class.getName(),
            socket.toString())
        .inheritIO()
        .start();
  }

  /** The time of one exchange of so many bytes, in nanoseconds. */
  static long exchange(SocketChannel channel, ByteBuffer bytes) throws IOException {
    long begin = System.nanoTime();
    channel.write(bytes.clear());
    bytes.clear();
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      continue;
    }
    return System.nanoTime() - begin;
  }
}
