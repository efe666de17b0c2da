package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A daemon with any number of live slots that cost the machine little: their units sleep, and one
 * process answers for all of them.
 */
final class Crowd implements AutoCloseable {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final PrivateSystemd systemd = PrivateSystemd.start();
  private final Hal0 hal0 = Hal0.start(systemd);
  private final Choir choir = new Choir();
  private final int slots;

  /** Returns when each of them is ready. */
  Crowd(int slots) throws IOException {
    this.slots = slots;
    for (int slot = 0; slot < slots; slot++) {
      SlotText text =
          SlotText.llama()
              .command("/bin/sleep", "infinity")
              .set("probe", "interval", "\"10s\"")
              .set("probe", "any_listener", "true");
      choir.sing(text.port());
      hal0.writeSlot(name(slot), text);
    }
    Await.until("all are listed", LONG, () -> hal0.get("/api/slots").json().size() == slots);
    names().forEach(name -> hal0.verbNoWait(name, "load"));
    Await.until("all are ready", LONG, this::isReady);
  }

  static String name(int slot) {
    return "slot" + slot;
  }

  List<String> names() {
    return IntStream.range(0, slots).mapToObj(Crowd::name).toList();
  }

  Hal0 hal0() {
    return hal0;
  }

  Watched daemon() {
    return new Watched(hal0.daemon().pid());
  }

  /** Whether requests to every slot would be served. */
  boolean isReady() {
    int ready = 0;
    for (var slot : hal0.get("/api/slots").json()) {
      ready += slot.path("routable").asBoolean() ? 1 : 0;
    }
    return ready == slots;
  }

  @Override
  public void close() throws IOException {
    hal0.close();
    systemd.close();
    choir.close();
  }
}
