package hal0.app.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream below HTTP: it does with each connection what it was told, byte by byte. */
final class RawUpstream implements AutoCloseable {
  final int port;
  final AtomicInteger connections = new AtomicInteger();
  final List<Head> heads = new CopyOnWriteArrayList<>();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** What is done with one connection; it is closed afterwards. */
  interface Script {
    void serve(Talk talk) throws Exception;
  }

  /**
   * A request's line and headers.
   *
   * @param headers by name in lower case; those of one name joined by a comma
   */
  record Head(String line, Map<String, String> headers, List<String> lines) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  RawUpstream(Script script) throws IOException {
    server = new ServerSocket(0, 4096, InetAddress.ofLiteral("127.0.0.1"));
    port = server.getLocalPort();
    Thread.startVirtualThread(() -> accept(script));
  }

  /** Answers every request of every connection with this, its body read before. */
  static RawUpstream answering(String answer) throws IOException {
    return new RawUpstream(
        talk -> {
          while (talk.next() != null) {
            talk.body();
            talk.send(answer);
          }
        });
  }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.startVirtualThread(() -> serve(socket, script));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, Script script) {
    try (socket) {
      script.serve(new Talk(socket));
    } catch (Exception | AssertionError e) {
      failures.add(e);
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** One connection. */
  final class Talk {
    final Socket socket;
    final InputStream in;
    final OutputStream out;
    Head head;

    private Talk(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** The next request's head; null when the other side has ended. */
    Head next() throws IOException {
      String line = line();
      if (line == null) {
        return null;
      }
      Map<String, String> headers = new TreeMap<>();
      List<String> lines = new ArrayList<>();
      String next = line();
      while (next != null && !next.isEmpty()) {
        lines.add(next);
        String[] parts = next.split(": ?", 2);
        headers.merge(parts[0].toLowerCase(Locale.ROOT), parts[1], (a, b) -> a + ", " + b);
        next = line();
      }
      head = new Head(line, headers, lines);
      heads.add(head);
      return head;
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (true) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        if (next == '\n') {
          return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
        }
        line.write(next);
      }
    }

    /** The body of the request whose head was read last. */
    byte[] body() throws IOException {
      if (head.header("transfer-encoding").equals("chunked")) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = chunkSize();
        while (size > 0) {
          body.write(in.readNBytes(size));
          line();
          size = chunkSize();
        }
        line();
        return body.toByteArray();
      }
      String length = head.header("content-length");
      return length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    }

    int chunkSize() throws IOException {
      return Integer.parseInt(line(), 16);
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** One chunk of a chunked answer. */
    void chunk(String text) throws IOException {
      send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** Waits until the other side has ended. */
    void awaitEnd() {
      try {
        while (in.read() >= 0) {
          continue;
        }
      } catch (IOException e) {
        // That is an end, too.
      }
    }
  }
}
