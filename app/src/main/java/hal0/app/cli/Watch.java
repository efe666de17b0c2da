package hal0.app.cli;

import hal0.app.cli.EventPump.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code status --watch}: the table, kept true by the event stream. On a terminal it is drawn again
 * in place; elsewhere every transition is one line. Reconnects for ever; ^C ends it with 0.
 */
final class Watch {
  private static final String STREAM = "/api/slots/stream";
  private static final long TICK_MS = 1000;

  private final Session session;
  private final Terminal terminal;
  private final Client client;
  private final Status.Request request;
  private final Screen screen;
  private final EventPump pump = new EventPump();
  private final String path;

  private Map<String, SlotRow> rows = new TreeMap<>();
  private Failure lost;
  private Instant lostAt;
  private boolean started;

  Watch(Session session, Client client, Status.Request request) {
    this.session = session;
    this.terminal = session.terminal();
    this.client = client;
    this.request = request;
    this.screen = new Screen(terminal);
    boolean one = request.json() && request.names().size() == 1;
    this.path = one ? Client.slot(request.names().getFirst(), "/state/stream") : STREAM;
  }

  int run() throws Failure, InterruptedException {
    if (request.json() && request.names().size() > 1) {
      throw new Failure(Failure.USAGE, "--watch --json takes one NAME or none");
    }
    pump.follow(client, path);
    try (Interrupt interrupt = Interrupt.with(0, screen::leave)) {
      while (!terminal.out().checkError()) {
        Item item = pump.next(TICK_MS);
        if (item == null) {
          tick();
        } else {
          take(item);
        }
      }
      return 0;
    } finally {
      screen.leave();
    }
  }

  private void tick() {
    if (lost != null) {
      pump.followAgain(client, path);
    }
    draw();
  }

  private void take(Item item) throws Failure {
    if (item instanceof Item.Lost(Failure failure)) {
      lostNow(failure);
    } else if (item instanceof Item.Event(EventStream.Event event)) {
      if (lost != null) {
        say("connected again");
      }
      lost = null;
      lostAt = null;
      take(event);
    }
    draw();
  }

  private void lostNow(Failure failure) {
    if (lostAt == null) {
      lostAt = session.clock().instant();
      say(failure.getMessage() + "; trying again");
    }
    lost = failure;
  }

  private void take(EventStream.Event event) throws Failure {
    boolean snapshot = event.type().equals("snapshot");
    if (!snapshot && !event.type().equals("transition")) {
      return;
    }
    Object data;
    try {
      data = Json.read(event.data().getBytes(StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      return;
    }
    if (request.json()) {
      terminal.line(event.data());
    } else if (snapshot) {
      snapshot(data);
    } else {
      transition(Json.object(data));
    }
  }

  private void snapshot(Object slots) throws Failure {
    Map<String, SlotRow> before = rows;
    rows = new TreeMap<>(Status.rows(slots));
    if (!request.names().isEmpty()) {
      List<String> missing =
          request.names().stream().filter(name -> !rows.containsKey(name)).toList();
      if (!started && !missing.isEmpty()) {
        throw Status.noSuch(missing);
      }
      rows.keySet().retainAll(request.names());
    }
    if (!terminal.live()) {
      if (!started) {
        table(Terminal.Size.UNBOUNDED).forEach(terminal::line);
      } else {
        changesSince(before);
      }
    }
    started = true;
  }

  private void transition(Map<?, ?> transition) {
    String name = Json.text(transition, "slot");
    if (!request.names().isEmpty() && !request.names().contains(name)) {
      return;
    }
    SlotRow row = rows.get(name);
    if (row == null) {
      var slot = new HashMap<String, Object>(Map.of("name", name));
      row = SlotRow.of(slot);
    }
    SlotRow next = row.after(transition);
    rows.put(next.name(), next);
    change(row.state(), next);
  }

  /** What a new snapshot shows that no event told. */
  private void changesSince(Map<String, SlotRow> before) {
    for (SlotRow row : rows.values()) {
      SlotRow old = before.get(row.name());
      if (old == null || !old.state().equals(row.state())) {
        change(old == null ? "" : old.state(), row);
      }
    }
  }

  private void change(String before, SlotRow row) {
    if (terminal.live()) {
      return;
    }
    String arrow = terminal.unicode() ? " → " : " -> ";
    String states = before.isEmpty() ? row.state() : before + arrow + row.state();
    terminal.line(
        (time(row.since()) + "  " + row.name() + "  " + states + "  " + row.message())
            .stripTrailing());
  }

  private void say(String text) {
    if (!terminal.live() && !request.json()) {
      terminal.line(time(session.clock().instant()) + "  " + text);
    }
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ofPattern("HH:mm:ss").format(at.atZone(ZoneId.systemDefault()));
  }

  private List<String> table(int columns) {
    return new StatusTable(terminal)
        .lines(List.copyOf(rows.values()), session.clock().instant(), columns);
  }

  private void draw() {
    if (!terminal.live() || request.json() || !started) {
      return;
    }
    Terminal.Size size = terminal.size().get();
    var lines = new ArrayList<String>(table(size.columns()));
    int room = Math.max(2, size.rows() - (lost == null ? 1 : 2));
    if (lines.size() > room) {
      int hidden = lines.size() - room + 1;
      lines.subList(room - 1, lines.size()).clear();
      lines.add(TextWidth.cut("and " + hidden + " more", size.columns(), terminal.ellipsis()));
    }
    if (lost != null) {
      long seconds = Duration.between(lostAt, session.clock().instant()).toSeconds();
      String text = "not connected for " + seconds + " s: " + lost.getMessage();
      lines.add(terminal.paint("33", TextWidth.cut(text, size.columns(), terminal.ellipsis())));
    }
    screen.draw(lines, size);
  }
}
