package hal0.app.api;

import hal0.slots.time.Clockwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes a stream of server-sent events (WHATWG HTML, 9.2). For one thread. */
public final class SseWriter {
  private final Exchange exchange;
  private final Clockwork clockwork;
  private final long keepAlive;
  private long lastSent;

  SseWriter(Exchange exchange, Surroundings surroundings) {
    this.exchange = exchange;
    this.clockwork = surroundings.clockwork();
    this.keepAlive = surroundings.limits().keepAlive().toNanos();
  }

  /** Sends the headers, and how soon a client that lost the connection should come back. */
  void begin() throws IOException {
    exchange.response().setStatus(200);
    exchange.setHeader("Content-Type", "text/event-stream");
    exchange.setHeader("Cache-Control", "no-store");
    exchange.setHeader("X-Accel-Buffering", "no");
    exchange.setHeader("X-Content-Type-Options", "nosniff");
    if (exchange.isHead()) {
      end();
    } else {
      send("retry: 1000\n\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  /** One event as it goes over the wire. */
  public static byte[] bytes(String type, Optional<String> id, JsonOut.Writer data) {
    return bytes(type, id, JsonOut.bytes(data));
  }

  /** The same of JSON that is ready for the wire. */
  static byte[] bytes(String type, Optional<String> id, byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(data.length + 128);
    String head = id.map(known -> "id: " + known + "\n").orElse("") + "event: " + type + "\ndata: ";
    bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(data);
    bytes.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  /** Sends one event. */
  public void event(String type, Optional<String> id, JsonOut.Writer data) throws IOException {
    send(bytes(type, id, data));
  }

  /** Sends a comment: clients do not see it. */
  public void comment(String text) throws IOException {
    send((": " + text + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a comment if nothing has been sent for long. */
  public void keepAlive() throws IOException {
    if (clockwork.nanos() - lastSent >= keepAlive) {
      comment("still here");
    }
  }

  /** Sends events that are ready for the wire; none is no error. */
  void send(byte[] events) throws IOException {
    if (events.length > 0) {
      exchange.write(false, ByteBuffer.wrap(events));
      lastSent = clockwork.nanos();
    }
  }

  /** Ends the stream in order. */
  public void end() throws IOException {
    exchange.write(true, ByteBuffer.allocate(0));
  }
}
