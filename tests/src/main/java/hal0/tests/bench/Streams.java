package hal0.tests.bench;

import hal0.tests.bed.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * From {@code kill -9} of a slot's process until the first and until the last of a thousand readers
 * has the event, beside one reader alone.
 */
final class Streams {
  private static final int SLOTS = 60;
  private static final int DEATHS = 20;
  private static final int MANY = 990;

  private Streams() {}

  static Void run() throws Exception {
    try (Crowd crowd = new Crowd(SLOTS)) {
      measure(crowd, 0, 1);
      measure(crowd, DEATHS, MANY);
    }
    return null;
  }

  private static void measure(Crowd crowd, int from, int readers) throws Exception {
    try (Readers all = new Readers(crowd.hal0().port(), readers)) {
      Samples first = new Samples();
      Samples last = new Samples();
      for (int death = from; death < from + DEATHS; death++) {
        String slot = Crowd.name(death);
        long pid = crowd.hal0().slot(slot).path("unit").path("main_pid").asLong();
        all.expect(slot);
        long begin = System.nanoTime();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Await.until("all have it", Await.LONG, () -> all.told.get() == readers);
        first.add((all.first.get() - begin) / 1e6);
        last.add((all.last.get() - begin) / 1e6);
      }
      Samples.print("%d streams, death to the first reader: %s", readers, first);
      Samples.print("     to the last reader: %s", last);
      Samples.print("     resident %d MiB", crowd.daemon().resident());
    }
  }

  private static final class Readers implements AutoCloseable {
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
      Await.until("all have their snapshot", Await.LONG, () -> begun.get() == count);
    }

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
  }
}
