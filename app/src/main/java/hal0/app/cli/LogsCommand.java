package hal0.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}: what the slot's unit wrote into the journal. */
@Command(name = "logs", description = "Show what a slot's unit has written.")
final class LogsCommand extends ClientCommand {
  private static final int MOST = 10_000;

  @Parameters(paramLabel = "NAME", description = "The slot.")
  private String name;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "200",
      description = "How many of the last lines (default: ${DEFAULT-VALUE}).")
  private int lines;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on, and show every new line; ^C ends it.")
  private boolean follow;

  LogsCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    if (lines < 1 || lines > MOST) {
      throw new Failure(Failure.USAGE, "--lines: 1 to " + MOST);
    }
    Client client = client();
    if (follow) {
      return follow(client);
    }
    Map<?, ?> logs = Json.object(client.getJson(Client.slot(name, "/logs?lines=" + lines)));
    for (Object line : Json.list(logs.get("lines"))) {
      show(String.valueOf(line));
    }
    hint(logs);
    return 0;
  }

  private int follow(Client client) throws Failure {
    EventStream stream = client.stream(Client.slot(name, "/logs/stream?lines=" + lines), null);
    try (Interrupt interrupt = Interrupt.with(0, () -> {})) {
      for (EventStream.Event event = stream.next(); event != null; event = stream.next()) {
        Map<?, ?> data = Json.object(Json.read(event.data().getBytes(StandardCharsets.UTF_8)));
        if (event.type().equals("line")) {
          show(Json.text(data, "line"));
        }
        hint(data);
        if (terminal().out().checkError()) {
          return 0;
        }
      }
      return 0;
    } catch (IOException broken) {
      throw client.address().unreachable(broken);
    }
  }

  /** A program's own colours and cursor movements stay out of the terminal. */
  private void show(String line) {
    terminal().line(TextWidth.clean(line.replace("\t", "        "), false));
  }

  private void hint(Map<?, ?> answer) {
    String hint = Json.text(answer, "hint");
    if (!hint.isEmpty()) {
      terminal().err().println("hal0: " + TextWidth.clean(hint));
    }
  }
}
