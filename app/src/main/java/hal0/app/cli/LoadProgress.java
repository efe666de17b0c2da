package hal0.app.cli;

import hal0.app.cli.EventPump.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A verb that takes its time, and what is shown meanwhile: on a terminal one live line (state,
 * seconds, what the probe says), elsewhere one line for every transition.
 */
final class LoadProgress {
  private static final long TICK_MS = 250;

  /** An event may come after the answer; how long to wait for it before the last word. */
  private static final int LATE_TICKS = 8;

  private final Terminal terminal;
  private final Session session;
  private final Client client;
  private final String name;
  private final Screen screen;
  private final EventPump pump = new EventPump();
  private final Instant start;

  private final PullLook pull;
  private SlotRow row;
  private String probe = "";
  private Object answer;
  private int ticksSinceAnswer;

  LoadProgress(Session session, Client client, String name) {
    this.session = session;
    this.terminal = session.terminal();
    this.client = client;
    this.name = name;
    this.screen = new Screen(terminal);
    this.pull = new PullLook(terminal.unicode());
    this.start = session.clock().instant();
  }

  /** Sends the verb and waits for its end; the slot as it then is. */
  Map<?, ?> run(String verb, String json) throws Failure, InterruptedException {
    pump.follow(client, Client.slot(name, "/state/stream"));
    pump.call(() -> client.post(Client.slot(name, "/" + verb), json));
    try (Interrupt interrupt = Interrupt.with(Interrupt.CODE, () -> leave(verb))) {
      while (!isDone()) {
        Item item = pump.next(TICK_MS);
        if (item == null) {
          tick();
        } else {
          take(item);
        }
        draw();
      }
    } finally {
      screen.erase();
    }
    return Json.object(answer);
  }

  /** One sentence on where a slot has got to. */
  static String sentence(Map<?, ?> slot, Duration took) {
    SlotRow row = SlotRow.of(slot);
    // A worker has none.
    String port = row.port() == 0 ? "" : "on port " + row.port();
    String model = row.model() + (row.model().isEmpty() || port.isEmpty() ? "" : " ");
    String where =
        switch (row.state()) {
          case "ready", "serving" -> model.isEmpty() && port.isEmpty() ? "" : ": " + model + port;
          case "idle" ->
              row.model().isEmpty()
                  ? ", no model" + (port.isEmpty() ? "" : ", " + port)
                  : ": " + row.model();
          default -> row.message().isEmpty() ? "" : ": " + row.message();
        };
    return row.name() + " is " + row.state() + where + " (" + seconds(took) + ")";
  }

  private boolean isDone() {
    if (answer == null) {
      return false;
    }
    String state = Json.text(Json.object(answer), "state");
    return terminal.live()
        || row == null
        || row.state().equals(state)
        || ticksSinceAnswer >= LATE_TICKS;
  }

  private void take(Item item) throws Failure {
    switch (item) {
      case Item.Answered(Object json) -> answer = json;
      case Item.Refused(Failure failure) -> throw failure;
      case Item.Event(EventStream.Event event) -> take(event);
      case Item.Lost(Failure failure) -> {
        // The verb's own connection tells what has become of it.
      }
    }
  }

  private void take(EventStream.Event event) {
    Object data;
    try {
      data = Json.read(event.data().getBytes(StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      return;
    }
    if (event.type().equals("snapshot")) {
      row =
          SlotRow.of(
              Json.object(
                  data instanceof List<?> slots && !slots.isEmpty() ? slots.getFirst() : data));
    } else if (event.type().equals("transition") && row != null) {
      row = row.after(Json.object(data));
      probe = "";
      pull.end();
      if (!terminal.live()) {
        terminal.line(
            (row.name() + "  " + seconds(elapsed()) + "  " + row.state() + "  " + row.message())
                .strip());
      }
    } else if (event.type().equals("progress") && row != null) {
      pull.take(Json.object(data));
      String news = terminal.live() ? "" : pull.news(session.clock().instant());
      if (!news.isEmpty()) {
        terminal.line(row.name() + "  " + seconds(elapsed()) + "  " + row.state() + "  " + news);
      }
    }
  }

  private void tick() {
    if (answer != null) {
      ticksSinceAnswer++;
    } else if (terminal.live()) {
      try {
        Object slot = client.getJson(Client.slot(name, ""));
        probe = TextWidth.clean(Json.text(Json.object(Json.object(slot).get("probe")), "detail"));
      } catch (Failure notNow) {
        probe = "";
      }
    }
  }

  private void draw() {
    if (!terminal.live() || row == null) {
      return;
    }
    Terminal.Size size = terminal.size().get();
    String before = row.name() + "  ";
    String state = StateLook.plain(terminal, row.state());
    String after = "  " + elapsed().toSeconds() + " s  " + said();
    int room = size.columns() - TextWidth.of(before) - TextWidth.of(state);
    if (room < 0) {
      screen.draw(
          List.of(TextWidth.cut(before + state, size.columns(), terminal.ellipsis())), size);
    } else {
      String rest = TextWidth.cut(after.stripTrailing(), room, terminal.ellipsis());
      screen.draw(List.of(before + StateLook.show(terminal, row.state()) + rest), size);
    }
  }

  private String said() {
    if (pull.isOn()) {
      return pull.line();
    }
    return probe.isEmpty() ? row.message() : probe;
  }

  private void leave(String verb) {
    screen.leave();
    terminal.err().println("hal0: the " + verb + " goes on; to end it: hal0 slots unload " + name);
    terminal.err().flush();
  }

  private Duration elapsed() {
    return Duration.between(start, session.clock().instant());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", Math.max(0, time.toMillis()) / 1000.0);
  }
}
