package hal0.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code explain}: how a slot came to be what it is. */
@Command(
    name = "explain",
    description = "Tell a slot's story: each change of its state, and what it followed from.")
final class ExplainCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "The slot.")
  private String name;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "20",
      description = "How many changes, 1 to 2000; usually 20.")
  private int lines;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  ExplainCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    Client client = client();
    byte[] answer = client.get(Client.slot(name, "/story?lines=" + lines));
    if (json) {
      terminal().out().write(answer, 0, answer.length);
      terminal().line("");
      return 0;
    }
    Map<?, ?> slot = Json.object(client.getJson(Client.slot(name, "/state")));
    Map<?, ?> told = Json.object(new Client.Answer(200, answer).json(client.address()));
    if (told.get("story") instanceof List<?> entries) {
      entries.forEach(entry -> entry(Json.object(entry)));
    }
    String state = text(slot, "state");
    terminal().line("now " + state + because(slot));
    return 0;
  }

  private void entry(Map<?, ?> entry) {
    terminal()
        .line(
            text(entry, "at")
                + "  "
                + text(entry, "from")
                + " -> "
                + text(entry, "to")
                + because(entry));
    String order = text(entry, "order");
    if (!order.isEmpty()) {
      terminal().line("    asked:   " + order);
    }
    if (entry.get("unit") instanceof Map<?, ?> unit) {
      terminal().line("    systemd: " + unit(unit));
    }
    if (entry.get("probe") instanceof Map<?, ?> probe) {
      terminal().line("    probe:   " + text(probe, "verdict") + ": " + text(probe, "detail"));
    }
  }

  private static String because(Map<?, ?> entry) {
    String message = text(entry, "message");
    return " (" + text(entry, "reason") + ")" + (message.isEmpty() ? "" : " " + message);
  }

  private static String unit(Map<?, ?> unit) {
    List<String> parts = new ArrayList<>();
    parts.add(text(unit, "active_state") + " (" + text(unit, "sub_state") + ")");
    add(parts, unit, "main_pid", "pid ");
    add(parts, unit, "exit_status", "last exit code ");
    add(parts, unit, "signal", "last ended by signal ");
    add(parts, unit, "n_restarts", "restarts ");
    if (!text(unit, "result").equals("success")) {
      parts.add("result " + text(unit, "result"));
    }
    if (!text(unit, "job").isEmpty()) {
      parts.add("job " + text(unit, "job"));
    }
    if (!text(unit, "invocation_id").isEmpty()) {
      parts.add("run " + text(unit, "invocation_id"));
    }
    return String.join(", ", parts);
  }

  private static void add(List<String> parts, Map<?, ?> unit, String key, String label) {
    if (unit.get(key) instanceof Number number
        && (number.longValue() != 0 || key.equals("exit_status"))) {
      parts.add(label + number.longValue());
    }
  }

  private static String text(Map<?, ?> object, String key) {
    return TextWidth.clean(Json.text(object, key));
  }
}
