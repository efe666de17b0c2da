package hal0.tests.e2e;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that reads a stream through the gateway line by line. For one thread. */
final class ChatStream implements AutoCloseable {
  static final String CHAT = "/v1/chat/completions";

  private final Socket socket;
  private final BufferedReader lines;

  /** Asks at once; what comes is read by {@link #until}. */
  ChatStream(Hal0 hal0, String model) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), hal0.port());
    socket.setSoTimeout((int) Await.LONG.toMillis());
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    String json = body(model, true);
    String head =
        "POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    String text = head + "Content-Length: " + json.length() + "\r\n\r\n" + json;
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What is asked for a chat's answer. */
  static String body(String model, boolean stream) {
    return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"messages\":[]}";
  }

  /** Reads up to a line that holds this, and returns what was read. */
  String until(String part) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      all.append(line).append('\n');
      if (line.contains(part)) {
        return all.toString();
      }
    }
    throw new AssertionError("ended before " + part + ": " + all);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
