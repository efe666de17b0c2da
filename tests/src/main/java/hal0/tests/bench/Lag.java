package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;

/**
 * From the moment at which a loop that tries each millisecond gets a connection to a slot's port
 * until a reader has the event that the slot is ready. The loop is what it can't go under.
 */
final class Lag {
  private static final int LOADS = 30;
  private static final String SLOT = "lag";

  private Lag() {}

  static Void run() throws Exception {
    try (PrivateSystemd systemd = PrivateSystemd.start();
        Hal0 hal0 = Hal0.start(systemd)) {
      SlotText text = SlotText.llama().with("--refuse-ms", "700");
      hal0.addSlot(SLOT, text);
      Samples lag = new Samples();
      try (Events events = hal0.events("/api/slots/stream")) {
        for (int load = 0; load < LOADS; load++) {
          int before = events.transitions(SLOT).size();
          hal0.verbNoWait(SLOT, "load");
          Instant open = firstConnection(text.port());
          Events.Event ready =
              Await.value(
                  "ready",
                  Await.LONG,
                  () ->
                      events.transitions(SLOT).stream()
                          .skip(before)
                          .filter(one -> one.data().path("to").asText().equals("ready"))
                          .findFirst()
                          .orElse(null),
                  one -> one != null);
          lag.add(Duration.between(open, ready.at()).toNanos() / 1e6);
          hal0.verb(SLOT, "unload");
        }
      }
      Samples.print("open port to ready event: %s", lag);
    }
    return null;
  }

  private static Instant firstConnection(int port) throws IOException, InterruptedException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(address);
        return Instant.now();
      } catch (IOException refused) {
        Thread.sleep(1);
      }
    }
  }
}
