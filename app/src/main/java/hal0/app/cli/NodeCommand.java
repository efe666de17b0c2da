package hal0.app.cli;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hal0 status}: the node as a whole. */
@Command(
    name = "status",
    description = "Show the node: readiness, bus, the daemon's age, slots by state.")
final class NodeCommand extends ClientCommand {
  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  NodeCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    Client client = client();
    byte[] answer = client.get("/api/readiness");
    if (json) {
      terminal().out().write(answer, 0, answer.length);
      terminal().line("");
      return 0;
    }
    Map<?, ?> node = Json.object(new Client.Answer(200, answer).json(client.address()));
    String readiness = TextWidth.clean(Json.text(node, "readiness"));
    String reason = TextWidth.clean(Json.text(node, "reason"));
    show("node", TextWidth.clean(Json.text(node, "node")));
    show(
        "readiness",
        terminal().paint(sgr(readiness), readiness) + (reason.isEmpty() ? "" : ": " + reason));
    show("slots", slots(Json.object(node.get("slots"))));
    show("bus", bus(Json.object(node.get("bus"))));
    show("daemon", "up " + age(node.get("started_ms")) + " at " + client.address().where());
    return 0;
  }

  private void show(String what, String text) {
    terminal().line(String.format("%-10s %s", what, text));
  }

  private static String sgr(String readiness) {
    return switch (readiness) {
      case "ready" -> "32";
      case "unavailable" -> "1;31";
      default -> "33";
    };
  }

  private String slots(Map<?, ?> slots) {
    Map<String, Long> counts =
        slots.values().stream()
            .collect(
                Collectors.groupingBy(
                    slot -> TextWidth.clean(Json.text(Json.object(slot), "state")),
                    TreeMap::new,
                    Collectors.counting()));
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String bus(Map<?, ?> bus) {
    if (!Boolean.TRUE.equals(bus.get("enabled"))) {
      return "off";
    }
    String detail = TextWidth.clean(Json.text(bus, "detail"));
    boolean connected = Boolean.TRUE.equals(bus.get("connected"));
    return (connected ? "connected to " : "not connected: ") + detail;
  }

  private String age(Object startedMs) {
    Instant started =
        startedMs instanceof Number ms ? Instant.ofEpochMilli(ms.longValue()) : Instant.EPOCH;
    return SlotRow.age(started, session().clock().instant());
  }
}
