package hal0.app.cli;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's manual page in man(7)'s macros, from picocli's model of it. */
final class ManPage {
  private final StringBuilder text = new StringBuilder();
  private final CommandSpec spec;

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** The page's name: {@code hal0-slots-load}. */
  static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName("-");
  }

  /** The whole page. */
  static String of(CommandLine command) {
    var page = new ManPage(command.getCommandSpec());
    Set<CommandLine> below = new LinkedHashSet<>(command.getSubcommands().values());
    page.text
        .append(".TH \"")
        .append(escape(name(command)).toUpperCase(java.util.Locale.ROOT))
        .append("\" 1 \"\" \"");
    page.text.append(escape("hal0 " + Version.number())).append("\" \"hal0\"\n");
    page.section("NAME");
    page.line(name(command) + " - " + page.description());
    page.section("SYNOPSIS");
    page.synopsis(!below.isEmpty());
    page.section("DESCRIPTION");
    page.line(page.description());
    for (String line : command.getCommandSpec().usageMessage().footer()) {
      page.text.append(".PP\n");
      page.line(String.format(line));
    }
    page.parameters();
    page.options();
    page.commands(below);
    page.exitCodes();
    page.seeAlso(command, below);
    return page.text.toString();
  }

  private String description() {
    return String.format(String.join(" ", spec.usageMessage().description()));
  }

  private void synopsis(boolean hasCommands) {
    text.append(".B ").append(escape(spec.qualifiedName())).append('\n');
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      boolean optional = parameter.arity().min() == 0;
      line((optional ? "[" : "") + parameter.paramLabel() + (optional ? "...]" : ""));
    }
    line("[OPTION]..." + (hasCommands ? " COMMAND" : ""));
  }

  private void parameters() {
    if (spec.positionalParameters().isEmpty()) {
      return;
    }
    section("PARAMETERS");
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      item(
          parameter.paramLabel(),
          rendered(parameter.description(), parameter.defaultValueString()));
    }
  }

  private void options() {
    section("OPTIONS");
    for (OptionSpec option : spec.options()) {
      String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
      item(
          String.join(", ", option.names()) + label,
          rendered(option.description(), option.defaultValueString()));
    }
  }

  private void commands(Set<CommandLine> below) {
    if (below.isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (CommandLine command : below) {
      CommandSpec of = command.getCommandSpec();
      item(
          String.join(", ", of.names()),
          String.format(String.join(" ", of.usageMessage().description())));
    }
  }

  private void exitCodes() {
    section("EXIT STATUS");
    for (Map.Entry<String, String> code : spec.root().usageMessage().exitCodeList().entrySet()) {
      item(code.getKey(), code.getValue());
    }
  }

  private void seeAlso(CommandLine command, Set<CommandLine> below) {
    section("SEE ALSO");
    if (command.getParent() != null) {
      line(name(command.getParent()) + "(1)");
    }
    below.forEach(other -> line(name(other) + "(1)"));
    line("systemctl(1)");
  }

  private void section(String title) {
    text.append(".SH \"").append(title).append("\"\n");
  }

  private void item(String term, String meaning) {
    text.append(".TP\n.B ").append(escape(term)).append('\n');
    line(meaning);
  }

  private void line(String plain) {
    text.append(escape(plain)).append('\n');
  }

  private static String rendered(String[] description, String value) {
    return String.format(
        String.join(" ", description).replace("${DEFAULT-VALUE}", value).replace("$$", "$"));
  }

  /** roff's own characters made plain ones; a dot that begins a line would be a macro. */
  private static String escape(String plain) {
    String escaped = plain.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
