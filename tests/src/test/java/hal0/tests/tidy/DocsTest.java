package hal0.tests.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.lifecycle.Lifecycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The diagram of the states is made from the table; with {@code -Dhal0.docs=write} it is written
 * anew.
 */
class DocsTest {
  private static final String BEGIN = "```mermaid\nstateDiagram-v2\n";
  private static final String END = "```\n";

  @Test
  void theDiagramShowsTheTable() throws IOException {
    Path file = Sources.root().resolve("ARCHITECTURE.md");
    String text = Sources.text(file);
    int from = text.indexOf(BEGIN);
    assertThat(from).as("ARCHITECTURE.md has a state diagram").isNotNegative();
    int to = text.indexOf(END, from + BEGIN.length()) + END.length();
    String current = BEGIN + edges() + END;
    if ("write".equals(System.getProperty("hal0.docs"))) {
      Files.writeString(file, text.substring(0, from) + current + text.substring(to));
      return;
    }
    assertThat(text.substring(from, to)).as("run with -Dhal0.docs=write").isEqualTo(current);
  }

  private static String edges() {
    return Lifecycle.edges().stream()
        .map(
            edge ->
                "    %s --> %s%s%n"
                    .formatted(
                        edge.from().word(),
                        edge.to().word(),
                        edge.reasons().isEmpty()
                            ? ""
                            : " : " + edge.reasons().iterator().next().word()))
        .collect(Collectors.joining());
  }
}
