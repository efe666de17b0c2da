package hal0.tests.disk;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.SlotException;
import hal0.slots.definition.Definitions;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.FileSlotStore;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SpecDirectory;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.slots.unit.ModelPaths;
import hal0.systemd.Scope;
import hal0.tests.sim.Slots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon dies, or the disk refuses, at each single write point of everything that hal0 writes:
 * what is found afterwards is the old text or the new one, whole, and can be written again.
 */
final class WritePointsTest {
  @TempDir Path directory;

  /** The process is gone: nothing of it does anything any more. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Something that hal0 keeps in a file. */
  private interface Kept {
    /** Writes version 1, 2 … below a directory. */
    void write(Path root, int version) throws IOException, SlotException;

    /** Which version hal0 reads there. */
    int read(Path root) throws IOException;
  }

  /** Lets so many changes pass, then none. */
  private static final class Countdown implements TrapFiles.Trap {
    private final List<String> seen = new ArrayList<>();
    private final int passing;
    private final boolean dies;

    Countdown(int passing, boolean dies) {
      this.passing = passing;
      this.dies = dies;
    }

    boolean isSprung() {
      return seen.size() > passing;
    }

    @Override
    public void spring(String what, Path path) throws IOException {
      seen.add(what + " " + path.getFileName());
      if (isSprung() && dies) {
        throw new Death();
      }
      if (isSprung()) {
        throw new IOException("No space left on device");
      }
    }
  }

  private static final Kept RECORD =
      new Kept() {
        @Override
        public void write(Path root, int version) throws IOException {
          new FileSlotStore(root)
              .save(
                  new SlotRecord(
                      "chat",
                      SlotState.READY,
                      "m",
                      8000 + version,
                      Instant.EPOCH,
                      "x".repeat(2000),
                      Reason.LOADED,
                      Map.of()));
        }

        @Override
        public int read(Path root) throws IOException {
          return new FileSlotStore(root).load("chat").map(found -> found.port() - 8000).orElse(0);
        }
      };

  private static final Kept DROP_IN =
      new Kept() {
        private DropInFiles files(Path root) {
          Host host =
              new Host(
                  Scope.USER,
                  false,
                  true,
                  true,
                  device -> true,
                  name -> "/bin/true",
                  Optional.empty());
          return new DropInFiles(root, () -> host, ModelPaths.ofSlotFiles());
        }

        @Override
        public void write(Path root, int version) throws IOException, SlotException {
          files(root)
              .write(Slots.of("chat", Provider.LLAMA_SERVER, 8101, "m"), Optional.of(id(version)));
        }

        private String id(int version) {
          return "x".repeat(1000) + version;
        }

        @Override
        public int read(Path root) {
          String model = files(root).model("chat").orElse("");
          return model.isEmpty() ? 0 : Integer.parseInt(model.replace("x", ""));
        }
      };

  private static final Kept SLOT_FILE =
      new Kept() {
        @Override
        public void write(Path root, int version) throws IOException, SlotException {
          Definitions definitions = new Definitions(new SpecDirectory(root), name -> false);
          if (Files.exists(root.resolve("chat.toml"))) {
            definitions.put("chat", Map.of("port", 8000 + version));
          } else {
            definitions.create(
                "chat",
                Map.of(
                    "provider",
                    "generic",
                    "port",
                    8000 + version,
                    "run",
                    Map.of("command", List.of("/bin/true", "x".repeat(1000)))));
          }
        }

        @Override
        public int read(Path root) throws IOException {
          return new SpecDirectory(root)
              .read(name -> false).values().stream()
                  .mapToInt(file -> file.spec().orElseThrow().port() - 8000)
                  .findFirst()
                  .orElse(0);
        }
      };

  @Test
  void aRecordIsWholeWhereverItsWriterEnds() throws Exception {
    everywhere(RECORD);
  }

  @Test
  void aDropInIsWholeWhereverItsWriterEnds() throws Exception {
    everywhere(DROP_IN);
  }

  @Test
  void aSlotFileIsWholeWhereverItsWriterEnds() throws Exception {
    everywhere(SLOT_FILE);
  }

  /** The first version on an empty disk, the second over the first; by a death and by a refusal. */
  private void everywhere(Kept kept) throws Exception {
    for (int version = 1; version <= 2; version++) {
      for (boolean dies : new boolean[] {true, false}) {
        int points = 0;
        int former = version - 1;
        int found = former;
        do {
          Countdown trap = new Countdown(points, dies);
          Path root = Files.createTempDirectory(directory, "point");
          found = at(kept, root, trap, version);
          assertThat(found).as(trap.seen.toString()).isBetween(former, version);
          former = found;
          points++;
          if (!trap.isSprung()) {
            assertOrder(trap.seen);
            assertThat(found).isEqualTo(version);
            break;
          }
        } while (points < 100);
        assertThat(points).as("write points").isBetween(5, 99);
      }
    }
  }

  /** Ends the write of that version at a point, and tells which version is found then. */
  private static int at(Kept kept, Path root, Countdown trap, int version) throws Exception {
    for (int before = 1; before < version; before++) {
      kept.write(root, before);
    }
    boolean said = false;
    try {
      kept.write(TrapFiles.behind(root, trap), version);
    } catch (Death | IOException | SlotException.NotSaved e) {
      said = true;
    }
    assertThat(said).as("somebody is told: " + trap.seen).isEqualTo(trap.isSprung());
    int found = kept.read(root);
    kept.write(root, version + 1);
    assertThat(kept.read(root)).isEqualTo(version + 1);
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(files.filter(Files::isRegularFile)).as("nothing else is left").hasSize(1);
    }
    return found;
  }

  /** Safe before it is seen, and seen before it is said to be safe. */
  private static void assertOrder(List<String> seen) {
    List<String> words = seen.stream().map(what -> what.substring(0, what.indexOf(' '))).toList();
    int moved = words.lastIndexOf("move");
    assertThat(words.subList(0, moved)).containsSubsequence("create", "write", "force");
    assertThat(words.lastIndexOf("write")).isLessThan(words.subList(0, moved).lastIndexOf("force"));
    assertThat(words.subList(moved, words.size())).contains("force");
  }
}
