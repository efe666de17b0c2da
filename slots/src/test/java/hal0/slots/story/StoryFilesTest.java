package hal0.slots.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoryFilesTest {
  @TempDir private Path state;
  private StoryFiles files;
  private Path directory;

  @BeforeEach
  void make() throws IOException {
    directory = Files.createDirectories(state.resolve("slots/chat"));
    files = new StoryFiles(state);
  }

  @Test
  void givesTheLastLinesOldestFirst() throws IOException {
    for (int i = 1; i <= 5; i++) {
      files.add("chat", "{\"seq\":" + i + "}");
    }
    assertThat(files.read("chat", 2)).containsExactly("{\"seq\":4}", "{\"seq\":5}");
    assertThat(files.read("chat", 100)).hasSize(5);
    assertThat(files.read("nobody", 100)).isEmpty();
  }

  @Test
  void isBoundedAndLosesNoneOfTheLastOnes() throws IOException {
    String filling = "x".repeat(1000);
    int count = 2000;
    for (int i = 0; i < count; i++) {
      files.add("chat", i + filling);
    }
    long size = Files.size(directory.resolve("story.jsonl"));
    long old = Files.size(directory.resolve("story.1.jsonl"));
    assertThat(size).isLessThanOrEqualTo(StoryFiles.FULL);
    assertThat(old).isLessThanOrEqualTo(StoryFiles.FULL);
    List<String> lines = files.read("chat", count);
    assertThat(lines).hasSizeGreaterThan(StoryFiles.FULL / 1100);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).startsWith(count - lines.size() + i + "x");
    }
  }

  @Test
  void halfALineOfADaemonThatDiedIsWrittenOver() throws IOException {
    files.add("chat", "one");
    Files.writeString(directory.resolve("story.jsonl"), "{\"ha", StandardOpenOption.APPEND);
    files.add("chat", "two");
    assertThat(files.read("chat", 10)).containsExactly("one", "two");
  }

  @Test
  void aSlotThatIsGoneGetsNone() throws IOException {
    files.add("gone", "one");
    assertThat(state.resolve("slots/gone")).doesNotExist();
    assertThatIllegalArgumentException().isThrownBy(() -> files.read("../x", 1));
  }
}
