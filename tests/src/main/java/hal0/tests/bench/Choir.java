package hal0.tests.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Answers on many ports as a llama-server with the model "tiny" does, in one process. */
final class Choir implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final byte[] HEALTH = answer("{\"status\":\"ok\"}");
  private static final byte[] MODELS = answer("{\"object\":\"list\",\"data\":[{\"id\":\"tiny\"}]}");

  private final List<ServerSocket> servers = new ArrayList<>();

  /** Begins to listen on one more port. */
  void sing(int port) throws IOException {
    ServerSocket server = new ServerSocket(port, BACKLOG, InetAddress.getByName("127.0.0.1"));
    servers.add(server);
    Thread.ofVirtual().start(() -> accept(server));
  }

  private static byte[] answer(String body) {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  private static void accept(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      byte[] request = new byte[1024];
      // A probe sends its request in one piece.
      int read = in.read(request);
      boolean health =
          read > 0
              && new String(request, 0, read, StandardCharsets.US_ASCII).startsWith("GET /health ");
      socket.getOutputStream().write(health ? HEALTH : MODELS);
    } catch (IOException gone) {
      // The asker has left.
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket server : servers) {
      server.close();
    }
  }
}
