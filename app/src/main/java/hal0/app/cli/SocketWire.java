package hal0.app.cli;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Over the daemon's socket, which knows by itself who asks: no token is sent. HTTP/1.0, whose
 * answers end with the connection. For one thread.
 */
final class SocketWire implements Wire {
  private static final int HEAD_LIMIT = 64 << 10;

  private final Path socket;
  private SocketChannel spare;

  private SocketWire(Path socket, SocketChannel first) {
    this.socket = socket;
    this.spare = first;
  }

  /**
   * Connects, so that it is known whether the socket may be used; the connection serves the first
   * request.
   *
   * @throws IOException if nobody listens, or this user may not connect
   */
  static SocketWire open(Path socket) throws IOException {
    return new SocketWire(socket, connect(socket));
  }

  private static SocketChannel connect(Path socket) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  @Override
  public Reply send(Request request, int readMs) throws IOException {
    SocketChannel channel = spare == null ? connect(socket) : spare;
    spare = null;
    write(channel, request);
    InputStream in = new SocketInput(channel, readMs);
    String[] head = head(in).split("\r\n", -1);
    return new Reply(status(head[0]), bounded(in, head));
  }

  private static void write(SocketChannel channel, Request request) throws IOException {
    byte[] body =
        request.json() == null ? new byte[0] : request.json().getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.path()).append(" HTTP/1.0\r\n");
    head.append("Host: localhost\r\nUser-Agent: hal0\r\n");
    head.append("Accept: ").append(request.accept()).append("\r\n");
    if (request.lastId() != null) {
      head.append("Last-Event-ID: ").append(request.lastId()).append("\r\n");
    }
    if (request.json() != null) {
      head.append("Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(body);
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Everything up to the empty line. */
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the daemon ended the connection");
      }
      head.append((char) c);
      if (head.length() > HEAD_LIMIT) {
        throw new IOException("an answer without an end of its head");
      }
    }
    return head.toString();
  }

  private static int status(String line) throws IOException {
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-5][0-9]{2}")) {
      throw new IOException("what answers does not speak HTTP");
    }
    return Integer.parseInt(words[1]);
  }

  /** Where the length is known a shorter body is no answer. */
  private static InputStream bounded(InputStream in, String[] head) {
    for (String line : head) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("Content-Length")) {
        return new Counted(in, Long.parseLong(line.substring(colon + 1).strip()));
      }
    }
    return in;
  }

  /** A body of known length. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left;

    Counted(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, from, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("the answer broke off");
      }
      left -= read;
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
