package hal0.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completion and manual come from the commands, so that they cannot say anything else. */
class CompletionTest {
  @TempDir private Path home;

  private String out(String... args) {
    CliRun.Result result = new CliRun(home).run(args);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  /** Runs the script in a real bash and asks it, as the shell would. */
  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Path script = Files.writeString(home.resolve("hal0.bash"), out("completion", "bash"));
    assertThat(complete(script, "hal0", ""))
        .contains("serve", "slots", "slot", "completion", "man");
    assertThat(complete(script, "hal0", "slots", "")).contains("load", "status", "logs");
    assertThat(complete(script, "hal0", "slots", "st")).containsExactly("status");
    assertThat(complete(script, "hal0", "slot", "load", "--"))
        .contains("--model", "--no-wait", "--url");
    assertThat(complete(script, "hal0", "completion", "")).contains("bash", "zsh", "fish");
  }

  private List<String> complete(Path script, String... words) throws Exception {
    String ask =
        "source '"
            + script
            + "'; f=$(complete -p hal0 | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
            + "COMP_WORDS=("
            + quoted(words)
            + "); COMP_CWORD="
            + (words.length - 1)
            + "; COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; $f; printf '%s\\n"
            + "' \"${COMPREPLY[@]}\"";
    Process bash =
        new ProcessBuilder("bash", "--norc", "-c", ask).redirectErrorStream(true).start();
    bash.getOutputStream().close();
    String answer =
        new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return answer.lines().map(String::strip).toList();
  }

  private static String quoted(String... words) {
    return String.join(" ", Stream.of(words).map(word -> "'" + word + "'").toList());
  }

  @Test
  void fishKnowsEveryCommandAndOption() {
    String fish = out("completion", "fish");
    assertThat(fish)
        .contains("-n '__fish_use_subcommand' -a 'slots'")
        .contains(
            "-n '__fish_seen_subcommand_from slots slot; and __fish_seen_subcommand_from load' -l"
                + " model -x")
        .contains("__fish_seen_subcommand_from status' -a '(__hal0_slots)'")
        .contains("__fish_seen_subcommand_from create' -l file -r -F")
        .contains("__fish_seen_subcommand_from completion' -a 'zsh'")
        .doesNotContain("__fish_seen_subcommand_from create' -a '(__hal0_slots)'");
    assertThat(fish.lines().filter(line -> line.contains("\t"))).isEmpty();
    assertThat(out("completion", "zsh")).contains("bashcompinit");
  }

  @Test
  void everyCommandHasAManualPage() throws Exception {
    assertThat(out("man"))
        .startsWith(".TH \"HAL0\" 1")
        .contains(".SH \"EXIT STATUS\"")
        .contains("hal0\\-slots(1)");
    Path pages = home.resolve("man");
    out("man", "--dir", pages.toString());
    try (Stream<Path> files = Files.list(pages)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains(
              "hal0.1", "hal0-serve.1", "hal0-slots.1", "hal0-slots-load.1", "hal0-completion.1");
    }
    assertThat(Files.readString(pages.resolve("hal0-slots-logs.1")))
        .contains(".B \\-n, \\-\\-lines N\nHow many of the last lines (default: 200).")
        .contains("default: $HAL0_URL");
  }
}
