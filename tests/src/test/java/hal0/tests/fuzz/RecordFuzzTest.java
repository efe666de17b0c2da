package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.record.FileSlotStore;
import hal0.slots.record.SlotRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records on disk: what cannot be read is kept beside, whole, and what can is the same when it has
 * been saved again.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class RecordFuzzTest {
  /** Held, since a logger that nobody holds forgets its level. */
  private static final Logger STORE = Logger.getLogger(FileSlotStore.class.getName());

  @TempDir Path state;

  @BeforeEach
  void quietly() {
    STORE.setLevel(Level.OFF);
  }

  @AfterEach
  void asBefore() {
    STORE.setLevel(null);
  }

  @Test
  void anything() throws Exception {
    Fuzz.run("record", 500, this::take);
  }

  private void take(byte[] input) throws Exception {
    Path slot = Files.createDirectories(state.resolve("slots/chat"));
    Files.write(slot.resolve("state.json"), input);
    FileSlotStore store = new FileSlotStore(state);
    Optional<SlotRecord> record = Allocations.bounded(() -> store.load("chat"));
    List<Path> corrupt = corrupt(slot);
    if (record.isPresent()) {
      assertThat(corrupt).isEmpty();
      store.save(record.get());
      assertThat(store.load("chat")).isEqualTo(record);
    } else {
      assertThat(corrupt).hasSize(1);
      assertThat(Files.readAllBytes(corrupt.getFirst())).isEqualTo(input);
      Files.delete(corrupt.getFirst());
    }
  }

  private static List<Path> corrupt(Path slot) throws Exception {
    try (Stream<Path> files = Files.list(slot)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("state.json.corrupt-"))
          .toList();
    }
  }
}
