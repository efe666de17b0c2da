package hal0.slots.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecDirectoryTest {
  @TempDir Path temp;
  private Path slots;
  private SpecDirectory directory;

  @BeforeEach
  void empty() throws IOException {
    slots = Files.createDirectory(temp.resolve("slots"));
    directory = new SpecDirectory(slots);
  }

  private void slot(String name, int port) throws IOException {
    Files.writeString(
        slots.resolve(name + ".toml"), "# c\nprovider = \"flm\"\nport = " + port + "\n");
  }

  private Map<String, SlotFile> read(String... running) throws IOException {
    return directory.read(List.of(running)::contains);
  }

  @Test
  void noDirectoryIsNoSlots() throws IOException {
    Files.delete(slots);
    assertThat(read()).isEmpty();
  }

  @Test
  void everyFileCostsItsOwnSlotOnly() throws Exception {
    slot("good", 1);
    slot("Bad", 2);
    slot("stream", 3);
    Files.writeString(slots.resolve("broken.toml"), "port = \n");
    Files.writeString(slots.resolve("readme.txt"), "x");
    Files.writeString(slots.resolve(".good.toml.swp"), "x");
    Files.writeString(slots.resolve(".hidden.toml"), "x");
    Files.createDirectory(slots.resolve("dir.toml"));
    Files.createSymbolicLink(slots.resolve("link.toml"), temp.resolve("target"));
    Files.createSymbolicLink(slots.resolve("nowhere.toml"), temp.resolve("nothing"));
    Files.createSymbolicLink(slots.resolve("circle.toml"), slots.resolve("circle.toml"));
    Files.createSymbolicLink(slots.resolve("endless.toml"), Path.of("/dev/zero"));
    Files.writeString(temp.resolve("target"), "provider = \"flm\"\nport = 4\nrun.image = \"x\"");
    assertThat(
            new ProcessBuilder("mkfifo", slots.resolve("fifo.toml").toString()).start().waitFor())
        .isZero();

    Map<String, SlotFile> files = read();
    assertThat(files.keySet())
        .containsExactly("broken", "circle", "dir", "endless", "fifo", "good", "link", "nowhere");
    assertThat(files.get("good").error()).isEmpty();
    assertThat(files.get("link").error()).isEmpty();
    assertThat(files.get("broken").error())
        .contains("line 1: expected a value, found the end of the line (column 8)");
    assertThat(files.get("dir").error()).contains("is a directory, not a file");
    assertThat(files.get("fifo").error()).contains("is not a regular file");
    assertThat(files.get("endless").error()).contains("is not a regular file");
    assertThat(files.get("nowhere").error()).contains("cannot be read: it is a link to nothing");
    assertThat(files.get("circle").error().orElseThrow()).startsWith("cannot be read: ");
  }

  @Test
  void oneErrorForTwoOfOnePort() throws IOException {
    slot("b", 8101);
    slot("c", 8101);
    slot("d", 8102);
    assertThat(read().get("b").error()).isEmpty();
    slot("d", 8103);
    assertThat(read().get("d").spec().orElseThrow().port()).as("a changed file").isEqualTo(8103);
    slot("d", 8102);
    assertThat(read().get("c").problems())
        .containsExactly(
            new SpecProblem(
                "port", 3, "8101 is the port of \"b\" already (slots/b.toml): choose another"));
    slot("a", 8101);
    assertThat(read()).hasEntrySatisfying("a", file -> assertThat(file.error()).isEmpty());
    assertThat(read("c").values())
        .filteredOn(file -> file.error().isEmpty())
        .extracting(SlotFile::name)
        .containsExactly("c", "d");
    assertThat(read("b", "c", "d").values())
        .filteredOn(file -> file.error().isEmpty())
        .extracting(SlotFile::name)
        .containsExactly("b", "d");
    SlotSpec wanted = SpecFile.parse("new", "provider = \"flm\"\nport = 8102").spec().orElseThrow();
    assertThat(directory.portTaken(wanted))
        .map(SpecProblem::toString)
        .contains("port: 8102 is the port of \"d\" already (slots/d.toml): choose another");
    assertThat(directory.portTaken(SpecFile.read(slots.resolve("d.toml")).spec().orElseThrow()))
        .isEmpty();
  }
}
