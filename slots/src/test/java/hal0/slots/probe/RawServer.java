package hal0.slots.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of bare bytes on a free port of 127.0.0.1, which may misbehave as no HTTP library would.
 */
final class RawServer implements AutoCloseable {
  /** Answers one request; the connection is closed when it returns. */
  interface Behaviour {
    void answer(String request, OutputStream out, Socket socket) throws Exception;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  RawServer(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    server = new ServerSocket(0, 300, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers each request by its path with a whole response; unknown paths get 404. */
  static RawServer answering(java.util.Map<String, String> responses) throws IOException {
    return new RawServer(
        (request, out, socket) -> {
          String path = request.split(" ", 3)[1];
          out.write(bytes(responses.getOrDefault(path, response("404 Not Found", "{}"))));
        });
  }

  static String response(String status, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: application/json\r\nContent-Length: "
        + bytes(body).length
        + "\r\n\r\n"
        + body;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  int port() {
    return server.getLocalPort();
  }

  /** The requests so far, as they came. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  int connections() {
    return connections.get();
  }

  /** How many connections are open now. */
  int open() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String request = read(socket.getInputStream());
      requests.add(request);
      OutputStream out = socket.getOutputStream();
      behaviour.answer(request, out, socket);
      out.flush();
    } catch (Exception e) {
      // The probe hung up, or the test is over.
    } finally {
      open.remove(socket);
    }
  }

  /** Waits until the other side hangs up. */
  static void awaitEnd(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Whatever still comes is of no interest.
    }
  }

  private static String read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    int length = 0;
    for (String line : text.lines().toList()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
