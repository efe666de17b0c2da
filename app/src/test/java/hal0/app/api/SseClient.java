package hal0.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Reads a stream of events as a browser would, over a socket of its own, and no faster than it is
 * asked to.
 */
final class SseClient implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader lines;

  /** One event. */
  record Event(String id, String type, String data) {
    JsonNode json() throws IOException {
      return ApiBed.MAPPER.readTree(data);
    }
  }

  private SseClient(Socket socket) throws IOException {
    this.socket = socket;
    this.lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
  }

  /** HTTP/1.0: no chunks, and the end of the stream is the end of the connection. */
  static SseClient open(ApiBed bed, String path, String... headers) throws IOException {
    SseClient client = new SseClient(bed.socket());
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    client
        .socket
        .getOutputStream()
        .write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    String line = client.lines.readLine();
    if (!line.contains(" 200 ")) {
      throw new IOException(line);
    }
    while (!line.isEmpty()) {
      line = client.lines.readLine();
    }
    return client;
  }

  /** The next event, without comments. */
  Event next() throws IOException {
    String id = "";
    String type = "message";
    StringBuilder data = new StringBuilder();
    while (true) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("the stream has ended");
      }
      if (line.isEmpty() && !data.isEmpty()) {
        return new Event(id, type, data.toString());
      }
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        type = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(line.substring(6));
      }
    }
  }

  String nextComment() throws IOException {
    while (true) {
      String line = lines.readLine();
      if (line.startsWith(": ")) {
        return line.substring(2);
      }
    }
  }

  /** Whether the stream ends here, comments aside; waits for the end or the next event. */
  boolean isAtEnd() throws IOException {
    while (true) {
      lines.mark(10_000);
      String line = lines.readLine();
      if (line == null) {
        return true;
      }
      if (!line.isEmpty() && !line.startsWith(":") && !line.startsWith("retry")) {
        lines.reset();
        return false;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
