package hal0.app.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** fish's completion, which picocli cannot make, from picocli's model of the commands. */
final class FishCompletion {
  private static final String SLOT = "NAME";

  private final StringBuilder text = new StringBuilder();

  private FishCompletion() {}

  /** The whole script. */
  static String of(CommandLine root) {
    var fish = new FishCompletion();
    fish.text.append(
        """
        # fish completion for hal0, made by: hal0 completion fish
        function __hal0_slots
            hal0 slots status 2>/dev/null | string match -rg '^([a-z0-9][a-z0-9_-]*) '
        end
        complete -c hal0 -f
        """);
    fish.command(root, List.of());
    return fish.text.toString();
  }

  /**
   * One command and what is below it.
   *
   * @param path the names that lead to it, each with its aliases
   */
  private void command(CommandLine command, List<Set<String>> path) {
    CommandSpec spec = command.getCommandSpec();
    Set<CommandLine> below = new LinkedHashSet<>(command.getSubcommands().values());
    String here = condition(path, below);
    for (CommandLine subcommand : below) {
      String description = first(subcommand.getCommandSpec().usageMessage().description());
      line(here, "-a " + quote(subcommand.getCommandName()) + description(description));
    }
    for (OptionSpec option : spec.options()) {
      option(here, option);
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      values(here, parameter);
    }
    for (CommandLine subcommand : below) {
      var deeper = new ArrayList<>(path);
      deeper.add(subcommand.getCommandSpec().names());
      command(subcommand, deeper);
    }
  }

  private static String condition(List<Set<String>> path, Set<CommandLine> below) {
    var conditions = new ArrayList<String>();
    for (Set<String> names : path) {
      conditions.add("__fish_seen_subcommand_from " + String.join(" ", names));
    }
    if (path.isEmpty()) {
      return "__fish_use_subcommand";
    }
    if (!below.isEmpty()) {
      String names =
          below.stream()
              .flatMap(c -> c.getCommandSpec().names().stream())
              .collect(Collectors.joining(" "));
      conditions.add("not __fish_seen_subcommand_from " + names);
    }
    return String.join("; and ", conditions);
  }

  private void option(String here, OptionSpec option) {
    var line = new StringBuilder();
    for (String name : option.names()) {
      line.append(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
          .append(' ');
    }
    if (option.arity().max() > 0) {
      boolean file = option.paramLabel().equals("FILE") || option.paramLabel().equals("DIR");
      line.append(file ? "-r -F " : "-x ");
    }
    line(here, line.toString().strip() + description(first(option.description())));
  }

  private void values(String here, PositionalParamSpec parameter) {
    if (parameter.completionCandidates() != null) {
      for (String candidate : parameter.completionCandidates()) {
        line(here, "-a " + quote(candidate));
      }
    } else if (parameter.paramLabel().equals(SLOT) && !here.endsWith(" create")) {
      line(here, "-a '(__hal0_slots)' -d slot");
    }
  }

  private void line(String condition, String rest) {
    text.append("complete -c hal0 -n ")
        .append(quote(condition))
        .append(' ')
        .append(rest)
        .append('\n');
  }

  private static String description(String description) {
    return description.isEmpty() ? "" : " -d " + quote(description);
  }

  private static String first(String[] description) {
    return description.length == 0 ? "" : String.format(description[0]);
  }

  private static String quote(String plain) {
    return "'" + plain.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
