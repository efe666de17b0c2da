package hal0.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan}: what a load would unload. */
@Command(
    name = "plan",
    description = "Show what a load would unload to make room for a slot. Changes nothing.")
final class PlanCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "The slot.")
  private String name;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  PlanCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    Client client = client();
    byte[] answer = client.get(Client.slot(name, "/plan"));
    if (json) {
      terminal().out().write(answer, 0, answer.length);
      terminal().line("");
      return 0;
    }
    Map<?, ?> plan = Json.object(new Client.Answer(200, answer).json(client.address()));
    boolean fits = Boolean.TRUE.equals(plan.get("fits"));
    List<String> unload = names(plan.get("unload"));
    if (!fits) {
      terminal().line(name + " does not fit: " + kept(plan));
    } else if (unload.isEmpty()) {
      terminal().line(name + " fits: nothing needs to be unloaded");
    } else {
      terminal().line(name + " fits once these are unloaded: " + String.join(", ", unload));
    }
    return 0;
  }

  private static List<String> names(Object list) {
    List<String> names = new ArrayList<>();
    if (list instanceof List<?> entries) {
      entries.forEach(one -> names.add(TextWidth.clean(String.valueOf(one))));
    }
    return names;
  }

  private static String kept(Map<?, ?> plan) {
    List<String> kept = new ArrayList<>();
    if (plan.get("kept") instanceof List<?> entries) {
      for (Object one : entries) {
        if (one instanceof Map<?, ?> slot) {
          kept.add(TextWidth.clean(Json.text(slot, "slot") + " is " + Json.text(slot, "why")));
        }
      }
    }
    return kept.isEmpty()
        ? "it needs more than the whole budget"
        : String.join(", ", kept) + ", and what may be unloaded is not enough";
  }
}
