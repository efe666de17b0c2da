package hal0.app.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: a shell's completion, made of the commands as they are. */
@Command(
    name = "completion",
    description = "Print a shell's completion.",
    footerHeading = "%nTo use it:%n",
    footer = {
      "bash: hal0 completion bash > ~/.local/share/bash-completion/completions/hal0",
      "zsh:  add this line to ~/.zshrc:  source <(hal0 completion zsh)",
      "fish: hal0 completion fish > ~/.config/fish/completions/hal0.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  /** The shells there is a completion for. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Spec private CommandSpec spec;

  private final Session session;

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String text =
        switch (shell) {
          // picocli's script turns on zsh's own emulation of bash's completion.
          case bash, zsh -> AutoComplete.bash("hal0", root);
          case fish -> FishCompletion.of(root);
        };
    session.terminal().line(text.stripTrailing());
    return 0;
  }
}
