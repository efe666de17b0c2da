package hal0.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code man}: the manual, made of the commands as they are. */
@Command(
    name = "man",
    description = "Print the manual page, for: hal0 man | man -l -",
    footer = "With --dir, write a page for every command, such as hal0-slots-load.1.")
final class ManCommand implements Callable<Integer> {
  @Option(names = "--dir", paramLabel = "DIR", description = "Write the pages there, uncompressed.")
  private Path directory;

  @Spec private CommandSpec spec;

  private final Session session;

  ManCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine root = spec.root().commandLine();
    if (directory == null) {
      session.terminal().line(ManPage.of(root).stripTrailing());
      return 0;
    }
    Files.createDirectories(directory);
    write(root);
    return 0;
  }

  private void write(CommandLine command) throws IOException {
    Path page = directory.resolve(ManPage.name(command) + ".1");
    Files.writeString(page, ManPage.of(command), StandardCharsets.UTF_8);
    for (CommandLine below : new LinkedHashSet<>(command.getSubcommands().values())) {
      write(below);
    }
  }
}
