package hal0.tests.bench;

import hal0.tests.bed.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Readers of the stream of transitions, each on a connection of its own, that look at little. */
final class Readers implements AutoCloseable {
  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicLong first = new AtomicLong();
  private final AtomicLong last = new AtomicLong();
  private volatile String wanted = "none";

  Readers(int port, int count) throws IOException {
    for (int reader = 0; reader < count; reader++) {
      Socket socket = new Socket("127.0.0.1", port);
      sockets.add(socket);
      socket
          .getOutputStream()
          .write(
              "GET /api/slots/stream HTTP/1.0\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.ofVirtual().start(() -> read(socket));
    }
    Await.until("all have their snapshot", Duration.ofMinutes(5), () -> begun.get() == count);
  }

  /** The next slot whose error is awaited. */
  void expect(String slot) {
    told.set(0);
    first.set(Long.MAX_VALUE);
    wanted = "\"slot\":\"" + slot + "\"";
  }

  private void read(Socket socket) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      boolean snapshot = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!snapshot && line.startsWith("data: [")) {
          snapshot = true;
          begun.incrementAndGet();
        } else if (line.startsWith("data: {")
            && line.contains(wanted)
            && line.contains("\"to\":\"error\"")) {
          long now = System.nanoTime();
          first.accumulateAndGet(now, Math::min);
          last.set(now);
          told.incrementAndGet();
        }
      }
    } catch (IOException closed) {
      // The measurement is over.
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Waits until everybody has it. */
  void awaitAll() {
    Await.until("all have it", Await.LONG, () -> told.get() == sockets.size());
  }

  /** When the first had it, of {@link System#nanoTime()}. */
  long first() {
    return first.get();
  }

  /** When the last had it. */
  long last() {
    return last.get();
  }
}
