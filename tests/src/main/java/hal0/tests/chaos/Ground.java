package hal0.tests.chaos;

import hal0.tests.bed.Hal0;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where chaos happens: a systemd, a daemon, its slots. For one thread. */
final class Ground implements AutoCloseable {
  /** A slot of it. */
  record Slot(String name, SlotText text) {
    String unit() {
      return Hal0.unit(name);
    }

    int port() {
      return text.port();
    }
  }

  private static final Duration ASK = Duration.ofSeconds(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ASK).build();
  private final PrivateSystemd systemd;
  private final Hal0 hal0;
  private final List<Slot> slots = new ArrayList<>();
  private final Set<Long> stopped = new LinkedHashSet<>();
  private boolean busDown;

  private Ground(PrivateSystemd systemd, Hal0 hal0) {
    this.systemd = systemd;
    this.hal0 = hal0;
  }

  static Ground prepare(int slots) {
    PrivateSystemd systemd = PrivateSystemd.start();
    try {
      Ground ground = new Ground(systemd, Hal0.start(systemd));
      for (int i = 0; i < slots; i++) {
        ground.add("chaos" + i, i);
      }
      return ground;
    } catch (RuntimeException | Error e) {
      systemd.close();
      throw e;
    }
  }

  private void add(String name, int number) {
    SlotText text =
        SlotText.llama()
            .with("--load-ms", Integer.toString(number % 4 * 300))
            .set("probe", "timeout", "\"2s\"")
            .set("probe", "failures", "2")
            .set("probe", "grace", "\"60s\"");
    if (number % 2 == 0) {
      text.restarted("300ms");
    }
    hal0.addSlot(name, text);
    slots.add(new Slot(name, text));
  }

  List<Slot> slots() {
    return Collections.unmodifiableList(slots);
  }

  Hal0 hal0() {
    return hal0;
  }

  PrivateSystemd systemd() {
    return systemd;
  }

  /** Asks, and gives up soon: nobody who acts here waits for an answer. Empty without one. */
  String ask(String method, int port, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .timeout(ASK)
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Properties of a unit, all of one moment, as {@code systemctl show} has them. */
  Map<String, String> unit(Slot slot, String... names) {
    Ran ran = systemd.systemctl("show", "--property", String.join(",", names), slot.unit());
    Map<String, String> properties = new HashMap<>();
    ran.orThrow()
        .lines()
        .forEach(
            line -> {
              int sign = line.indexOf('=');
              properties.put(line.substring(0, sign), line.substring(sign + 1));
            });
    return properties;
  }

  long mainPid(Slot slot) {
    return Long.parseLong(unit(slot, "MainPID").getOrDefault("MainPID", "0"));
  }

  long busPid() {
    return Long.parseLong(systemd.property("dbus.service", "MainPID"));
  }

  /** Sends a signal to a process; none is sent to pids that are none. */
  void signal(String name, long pid) {
    if (pid <= 1) {
      return;
    }
    if (name.equals("STOP")) {
      stopped.add(pid);
    }
    Ran.of(Map.of(), ASK.multipliedBy(6), List.of("kill", "-" + name, Long.toString(pid)));
  }

  /** Whatever was stopped goes on. */
  void continueAll() {
    stopped.forEach(pid -> signal("CONT", pid));
    stopped.clear();
  }

  void killBus() {
    if (!busDown) {
      signal("CONT", busPid());
      systemd.killBus();
      busDown = true;
    }
  }

  void startBus() {
    if (busDown) {
      systemd.startBus();
      busDown = false;
    }
  }

  boolean isDaemonUp() {
    return hal0.daemon() != null && hal0.daemon().isAlive();
  }

  /** Writes a slot's file again; {@code other}: a little different from what it was. */
  void rewrite(Slot slot, boolean other) {
    String text = slot.text().text();
    hal0.writeSlot(
        slot.name(), other ? text.replace("stabilise = \"500ms\"", "stabilise = \"700ms\"") : text);
  }

  /** For a person, when something was not true. */
  String report() {
    StringBuilder text = new StringBuilder("--- the units:\n");
    for (Slot slot : slots) {
      text.append(slot).append(' ').append(unit(slot, Calm.ASKED)).append('\n');
    }
    List<String> lines = hal0.log().lines().toList();
    text.append("--- the daemon's log:\n");
    lines
        .subList(Math.max(0, lines.size() - 400), lines.size())
        .forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  @Override
  public void close() {
    continueAll();
    hal0.close();
    systemd.close();
    client.close();
  }
}
