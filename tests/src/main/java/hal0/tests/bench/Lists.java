package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * The list of slots beside a constant answer of the same server, on one connection, and what the
 * daemon then holds in memory.
 */
final class Lists {
  private static final int WARM = 3000;
  private static final int ROUNDS = 2000;

  private Lists() {}

  static Void run() throws Exception {
    for (int slots : new int[] {0, 1, 10, 50, 200}) {
      try (PrivateSystemd systemd = PrivateSystemd.start();
          Hal0 hal0 = Hal0.start(systemd)) {
        list(hal0, slots);
      }
    }
    return null;
  }

  private static void list(Hal0 hal0, int slots) throws Exception {
    for (int slot = 0; slot < slots; slot++) {
      hal0.writeSlot("slot" + slot, SlotText.llama());
    }
    Await.until("all are listed", Await.LONG, () -> hal0.get("/api/slots").json().size() == slots);
    Watched daemon = new Watched(hal0.daemon().pid());
    long before = daemon.resident();
    Samples list = ask(hal0, "/api/slots");
    Samples least = ask(hal0, "/healthz");
    Samples page = ask(hal0, "/openapi.json");
    Samples.print("%3d slots, list: %s", slots, list);
    Samples.print("     beside /healthz: %s", least);
    Samples.print("     beside /openapi.json, constant: %s", page);
    Samples.print(
        "     resident: %d MiB before, %d MiB after %d requests",
        before, daemon.resident(), 3 * (WARM + ROUNDS));
  }

  private static Samples ask(Hal0 hal0, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(hal0.uri(path)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Samples took = new Samples();
      for (int round = -WARM; round < ROUNDS; round++) {
        long begin = System.nanoTime();
        client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (round >= 0) {
          took.since(begin);
        }
      }
      return took;
    }
  }
}
