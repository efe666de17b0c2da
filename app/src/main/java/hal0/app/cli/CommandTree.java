package hal0.app.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The whole command line, and what its failures look like: one line on stderr and an exit code. */
public final class CommandTree {
  private CommandTree() {}

  /**
   * Runs a command line; the exit code is the answer.
   *
   * @param machine the commands about the machine: annotated for picocli, in the order of the help
   */
  public static int run(
      Session session, ServeCommand.Serve serve, List<Object> machine, String... args) {
    return build(session, serve, machine).execute(args);
  }

  /** The commands; picocli's model of them is also what completion and man pages are made of. */
  static CommandLine build(Session session, ServeCommand.Serve serve, List<Object> machine) {
    CommandLine slots =
        new CommandLine(new SlotsCommand())
            .addSubcommand(new VerbCommands.Load(session))
            .addSubcommand(new VerbCommands.Unload(session))
            .addSubcommand(new VerbCommands.Restart(session))
            .addSubcommand(new VerbCommands.Swap(session))
            .addSubcommand(new PlanCommand(session))
            .addSubcommand(new ExplainCommand(session))
            .addSubcommand(new StatusCommand(session))
            .addSubcommand(new DefinitionCommands.Create(session))
            .addSubcommand(new DefinitionCommands.Delete(session))
            .addSubcommand(new DefinitionCommands.Enable(session))
            .addSubcommand(new DefinitionCommands.Disable(session))
            .addSubcommand(new LogsCommand(session));
    CommandLine models =
        new CommandLine(new ModelCommands.Group())
            .addSubcommand(new ModelCommands.ListAll(session))
            .addSubcommand(new ModelCommands.Pull(session))
            .addSubcommand(new ModelCommands.Remove(session))
            .addSubcommand(new ModelCommands.Verify(session));
    CommandLine root =
        new CommandLine(new RootCommand())
            .addSubcommand(new ServeCommand(serve))
            .addSubcommand(slots)
            .addSubcommand(models)
            .addSubcommand(new NodeCommand(session));
    machine.forEach(root::addSubcommand);
    root.addSubcommand(new CompletionCommand(session)).addSubcommand(new ManCommand(session));
    addHelp(root);
    root.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version and end.")
                .build());
    Terminal terminal = session.terminal();
    return root.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(Math.clamp(terminal.size().get().columns(), 60, 100))
        .setParameterExceptionHandler((wrong, args) -> usage(wrong))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Report.failure(session, failure));
  }

  private static void addHelp(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and end.")
                .build());
    command.getSubcommands().values().stream().distinct().forEach(CommandTree::addHelp);
  }

  private static int usage(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    // A group by itself: what belongs to it says more than what is missing.
    if (!(wrong instanceof UnmatchedArgumentException) && !command.getSubcommands().isEmpty()) {
      command.usage(command.getErr());
      return Failure.USAGE;
    }
    String message = TextWidth.clean(wrong.getMessage());
    command
        .getErr()
        .println(
            "hal0: " + message + " (see: " + command.getCommandSpec().qualifiedName() + " --help)");
    return Failure.USAGE;
  }
}
