package hal0.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Reads server-sent events. For one thread. A stream lives as long as its command, so nothing
 * closes it earlier.
 */
final class EventStream {
  private final BufferedReader lines;
  private volatile String lastId;

  EventStream(InputStream in) {
    this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /**
   * One event.
   *
   * @param type {@code message} where the stream names none
   */
  record Event(String type, String data) {}

  /** The last event's id, or null. */
  String lastId() {
    return lastId;
  }

  /** Waits for the next event; null at the stream's end. */
  Event next() throws IOException {
    String type = "message";
    StringBuilder data = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (data != null) {
          return new Event(type, data.toString());
        }
        type = "message";
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value =
          colon < 0 ? "" : line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
      switch (field) {
        case "event" -> type = value;
        case "id" -> lastId = value;
        case "data" ->
            data = data == null ? new StringBuilder(value) : data.append('\n').append(value);
        default -> {
          // Comments keep the connection alive; other fields are not for us.
        }
      }
    }
    return null;
  }
}
