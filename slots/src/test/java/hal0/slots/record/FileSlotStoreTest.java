package hal0.slots.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FileSlotStoreTest {
  private static final String GOOD =
      """
      {"name": "chat", "state": "ready", "model_id": "m", "port": 8101, "updated_at": 1763773200.5,
       "message": "model is served", "reason": "loaded", "extra": {}}\
      """;

  @TempDir Path state;
  private Path directory;
  private Path file;
  private FileSlotStore store;

  @BeforeEach
  void makeStore() throws IOException {
    store = new FileSlotStore(state);
    directory = Files.createDirectories(state.resolve("slots/chat"));
    file = directory.resolve("state.json");
  }

  private static SlotRecord record(String message) {
    return new SlotRecord(
        "chat",
        SlotState.READY,
        "m",
        8101,
        Instant.ofEpochSecond(1763773200),
        message,
        Reason.LOADED,
        Map.of());
  }

  @Test
  void writesTheKeysOfTheContract() throws IOException {
    store.save(
        new SlotRecord(
            "chat",
            SlotState.ERROR,
            "qwen3-4b",
            8101,
            Instant.parse("2025-11-22T01:00:00.250Z"),
            "the unit died",
            Reason.UNIT_DIED,
            Map.of("tries", 3)));
    JsonNode tree = new JsonMapper().readTree(Files.readString(file));
    assertThat(tree.propertyStream().map(Map.Entry::getKey))
        .containsExactly(
            "name", "state", "model_id", "port", "updated_at", "message", "reason", "extra");
    assertThat(tree.get("state").textValue()).isEqualTo("error");
    assertThat(tree.get("reason").textValue()).isEqualTo("unit_died");
    assertThat(tree.get("updated_at").isNumber()).isTrue();
    assertThat(tree.get("updated_at").decimalValue()).isEqualByComparingTo("1763773200.25");
    assertThat(tree.get("extra").get("tries").intValue()).isEqualTo(3);
    assertThat(entries()).containsExactly("state.json");
  }

  @Test
  void keepsForeignKeysAndNumbersAsTheyWere() throws IOException {
    Files.writeString(
        file,
        GOOD.replace(
            "\"extra\": {}",
            "\"extra\": {\"pi\": 3.141592653589793238462643, \"e\": 1e400}, \"new\": [1]"));
    SlotRecord record = store.load("chat").orElseThrow();
    assertThat(record.extra()).containsEntry("new", List.of(1));
    store.save(record);
    assertThat(Files.readString(file)).contains("3.141592653589793238462643", "1E+400");
    assertThat(store.load("chat")).contains(record);
  }

  static Stream<String> unreadable() {
    return Stream.of(
        "",
        "{",
        "null",
        "[]",
        "\"chat\"",
        GOOD + "{}",
        GOOD.substring(0, GOOD.length() - 5),
        GOOD.replace("\"ready\"", "\"sleepy\""),
        GOOD.replace("\"ready\"", "7"),
        GOOD.replace("\"loaded\"", "\"because\""),
        GOOD.replace("\"loaded\"", "null"),
        GOOD.replace("\"chat\"", "\"voice\""),
        GOOD.replace("\"m\"", "{}"),
        GOOD.replace("8101", "\"8101\""),
        GOOD.replace("8101", "65536"),
        GOOD.replace("8101", "-1"),
        GOOD.replace("8101", "8101.5"),
        GOOD.replace("1763773200.5", "\"now\""),
        GOOD.replace("1763773200.5", "1e999999999"),
        GOOD.replace("1763773200.5", "1e-999999999"),
        GOOD.replace("1763773200.5", "9".repeat(300)),
        GOOD.replace("{}", "[]"),
        GOOD.replace("\"port\"", "\"state\""),
        GOOD.replace("{}", "{\"a\":".repeat(50_000) + "1" + "}".repeat(50_000)),
        " ".repeat(FileSlotStore.MAX_BYTES + 1),
        GOOD.replace("model is served", "\uFFFF".repeat(10) + "\u0001"));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void keepsAnUnreadableRecordBeside(String text) throws IOException {
    Files.writeString(file, text);
    assertThat(store.load("chat")).isEmpty();
    assertThat(entries()).containsExactly("state.json.corrupt-1");
    assertThat(Files.readString(directory.resolve("state.json.corrupt-1"))).isEqualTo(text);
    assertThat(store.names()).isEmpty();
    store.save(record("anew"));
    assertThat(store.load("chat")).contains(record("anew"));
  }

  @Test
  void keepsBytesThatAreNoTextBeside() throws IOException {
    Files.write(file, GOOD.replace("model is served", "é").getBytes(StandardCharsets.ISO_8859_1));
    assertThat(store.load("chat")).isEmpty();
    assertThat(entries()).containsExactly("state.json.corrupt-1");
  }

  @Test
  void numbersWhatItKeepsAndKeepsTheLastTen() throws IOException {
    for (int i = 1; i <= 12; i++) {
      Files.writeString(file, "bad " + i);
      assertThat(store.load("chat")).isEmpty();
    }
    assertThat(entries()).hasSize(10).contains("state.json.corrupt-3", "state.json.corrupt-12");
    assertThat(Files.readString(directory.resolve("state.json.corrupt-12"))).isEqualTo("bad 12");
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void isNotStoppedByWhatIsNoFile() throws Exception {
    Files.createDirectories(file.resolve("deep"));
    assertThat(store.load("chat")).isEmpty();
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertThat(store.load("chat")).isEmpty();
    Files.createSymbolicLink(file, Path.of("/nowhere/at/all"));
    assertThat(store.load("chat")).isEmpty();
    Files.createSymbolicLink(file, Path.of("state.json"));
    assertThatLoopIsReported();
    assertThat(entries())
        .contains("state.json.corrupt-1", "state.json.corrupt-2", "state.json.corrupt-3");
    store.delete("chat");
    assertThat(directory).doesNotExist();
  }

  private void assertThatLoopIsReported() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.load("chat"))
        .withMessageContaining(file.toString());
  }

  @Test
  void takesAFileInPlaceOfTheDirectoryOutOfTheWay() throws IOException {
    Files.delete(directory);
    Files.writeString(directory, "not a directory");
    assertThat(store.load("chat")).isEmpty();
    assertThat(state.resolve("slots/chat.corrupt-1")).hasContent("not a directory");
    store.save(record("anew"));
    assertThat(store.names()).containsExactly("chat");
  }

  @Test
  void dropsTheLeftoverOfACrash() throws IOException {
    store.save(record("whole"));
    Files.writeString(directory.resolve("state.json.tmp"), "{\"na");
    assertThat(store.load("chat")).contains(record("whole"));
    assertThat(entries()).containsExactly("state.json");
  }

  @Test
  void leavesTheOldRecordWhenItCannotWrite() throws IOException {
    store.save(record("old"));
    // What cannot be deleted stands where the temporary file has to go: fails for root too.
    Files.createDirectories(directory.resolve("state.json.tmp/full"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.save(record("new")))
        .withMessageContaining(file.toString());
    assertThat(store.load("chat")).contains(record("old"));
  }

  @Test
  void leavesNothingOfARecordThatIsTooLarge() throws IOException {
    store.save(record("old"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.save(record("x".repeat(FileSlotStore.MAX_BYTES))))
        .withMessageContaining("larger than");
    assertThat(store.load("chat")).contains(record("old"));
    assertThat(entries()).containsExactly("state.json");
  }

  @Test
  void deletesItsOwnFilesOnly() throws IOException {
    Path precious = Files.writeString(state.resolve("precious"), "keep");
    Files.createSymbolicLink(directory.resolve("state.json.corrupt-1"), precious);
    Files.writeString(directory.resolve("notes.txt"), "a person's");
    store.save(record("gone"));
    store.delete("chat");
    assertThat(entries()).containsExactly("notes.txt");
    assertThat(precious).hasContent("keep");
    assertThat(store.names()).isEmpty();
  }

  @Test
  void namesOnlySlots() throws IOException {
    for (String name : List.of("a", "b-2", "Upper", "a.corrupt-1")) {
      Files.createDirectories(state.resolve("slots").resolve(name));
      Files.writeString(state.resolve("slots").resolve(name).resolve("state.json"), "");
    }
    Files.writeString(state.resolve("slots/plain"), "");
    assertThat(store.names()).containsExactly("a", "b-2");
    assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  private List<String> entries() throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
