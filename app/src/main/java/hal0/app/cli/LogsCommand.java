package hal0.app.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}: what the slot's unit wrote into the journal. */
@Command(name = "logs", description = "Show what a slot's unit has written.")
final class LogsCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "The slot.")
  private String name;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "200",
      description = "How many of the last lines (default: ${DEFAULT-VALUE}).")
  private int lines;

  LogsCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    if (lines < 1) {
      throw new Failure(Failure.USAGE, "--lines: at least 1");
    }
    Map<?, ?> logs = Json.object(client().getJson(Client.slot(name, "/logs?lines=" + lines)));
    for (Object line : Json.list(logs.get("lines"))) {
      terminal().line(String.valueOf(line));
    }
    String hint = Json.text(logs, "hint");
    if (!hint.isEmpty()) {
      terminal().err().println("hal0: " + TextWidth.clean(hint));
    }
    return 0;
  }
}
