package hal0.app.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}: the same as {@link Status}, with help and the checks of a command line. */
@Command(name = "status", description = "Show the slots: state, model, port, since when, and why.")
final class StatusCommand extends ClientCommand {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "The slots to show (default: all).")
  private List<String> names = new ArrayList<>();

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Option(
      names = "--watch",
      description = "Go on, and show every change as it happens; ^C ends it.")
  private boolean watch;

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    return Status.run(session(), new Status.Request(names, json, watch, url()));
  }
}
