package hal0.slots.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import hal0.slots.SlotException;
import hal0.slots.spec.FullFile;
import hal0.slots.spec.SpecDirectory;
import hal0.slots.spec.SpecFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionsTest {
  private static final Map<String, Object> SMALL = Map.of("provider", "flm", "port", 8101);

  @TempDir Path temp;
  private Path slots;
  private Definitions definitions;

  @BeforeEach
  void empty() {
    slots = temp.resolve("etc").resolve("slots");
    definitions = new Definitions(new SpecDirectory(slots), Set.of("running")::contains);
  }

  private Path file(String name) {
    return slots.resolve(name + ".toml");
  }

  private static List<String> problems(ThrowingCallable call) {
    SlotException.ConfigError error = catchThrowableOfType(SlotException.ConfigError.class, call);
    assertThat(error).isNotNull();
    List<?> problems = (List<?>) error.details().get("problems");
    return problems.stream()
        .map(problem -> (Map<?, ?>) problem)
        .map(problem -> problem.get("key") + ": " + problem.get("message"))
        .toList();
  }

  private List<String> files() throws IOException {
    try (var list = Files.list(slots)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void createdChangedAndDeleted() throws Exception {
    Map<String, Object> json = new HashMap<>(FullFile.json());
    json.put("name", "chat");
    Definitions.Saved saved = definitions.create("chat", json);
    assertThat(saved.spec()).isEqualTo(FullFile.SPEC);
    assertThat(SpecFile.read(file("chat")).spec()).contains(FullFile.SPEC);
    json.remove("name");
    assertThat(definitions.config("chat")).isEqualTo(saved.config());
    assertThat(definitions.put("chat", json).spec()).isEqualTo(FullFile.SPEC);

    definitions.put(
        "chat", Map.of("probe", Map.of("grace", "9s"), "run", Map.of("env", Map.of("C", "3"))));
    Map<String, Object> config = definitions.config("chat");
    assertThat(config)
        .extractingByKey("probe")
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("grace", "9s")
        .containsEntry("interval", "11s");
    assertThat(((Map<?, ?>) config.get("run")).get("env"))
        .isEqualTo(Map.of("KEY", "value", "_B2", "line\nbreak", "C", "3"));

    definitions.delete("chat");
    assertThat(files()).isEmpty();
    assertThatThrownBy(() -> definitions.config("chat")).isInstanceOf(SlotException.NotFound.class);
    assertThatThrownBy(() -> definitions.put("chat", Map.of()))
        .isInstanceOf(SlotException.NotFound.class);
    assertThatThrownBy(() -> definitions.delete("chat")).isInstanceOf(SlotException.NotFound.class);
  }

  @Test
  void aTextIsKeptToTheLetter() throws Exception {
    String text = "# mine\r\nprovider   =  'flm' # a comment\r\n\r\nport=8_101\r\n";
    assertThat(definitions.create("chat", text).config())
        .isEqualTo(Map.of("provider", "flm", "port", 8101L));
    assertThat(Files.readString(file("chat"))).isEqualTo(text);
    assertThatThrownBy(() -> definitions.create("chat", text))
        .isInstanceOf(SlotException.Exists.class);
    assertThatThrownBy(() -> definitions.create("running", text))
        .isInstanceOf(SlotException.Exists.class);
    assertThat(problems(() -> definitions.create("other", text)).getFirst())
        .startsWith("port: 8101 is the port of");

    String other = text + "enabled = false # by hand\n";
    assertThat(definitions.replace("chat", other).spec().enabled()).isFalse();
    assertThat(Files.readString(file("chat"))).isEqualTo(other);
    for (String wrong : List.of("port = ", text + "prot = 1", "# " + "x".repeat(1 << 20))) {
      assertThatThrownBy(() -> definitions.replace("chat", wrong))
          .isInstanceOf(SlotException.ConfigError.class);
    }
    assertThat(Files.readString(file("chat"))).isEqualTo(other);
    assertThatThrownBy(() -> definitions.replace("nobody", text))
        .isInstanceOf(SlotException.NotFound.class);
    assertThat(files()).containsExactly("chat.toml");
  }

  @Test
  void whatIsWrongIsNamedAndNothingIsWritten() throws Exception {
    assertThat(
            problems(
                () ->
                    definitions.create(
                        "chat", Map.of("prot", 1, "provider", "flm", "probe", Map.of("grace", 3)))))
        .containsExactlyInAnyOrder(
            "prot: unknown key; did you mean port?",
            "port: is missing: the server listens on 127.0.0.1 at this port, such as port = 8101",
            "probe.grace: must be text such as \"250ms\", \"3s\", \"2m\" or \"1h\", not the number"
                + " 3");
    for (String name : List.of("", "../x", "Chat", "stream", "a/b", "a\0b", "x".repeat(33))) {
      assertThat(problems(() -> definitions.create(name, SMALL)).getFirst())
          .startsWith("name: no slot can be called");
      assertThatThrownBy(() -> definitions.config(name)).isInstanceOf(SlotException.NotFound.class);
      assertThatThrownBy(() -> definitions.delete(name)).isInstanceOf(SlotException.NotFound.class);
    }
    assertThat(
            problems(
                () ->
                    definitions.create(
                        "chat", Map.of("provider", "flm", "port", 1, "name", "other"))))
        .containsExactly("name: must be the slot's own name, \"chat\"");
    assertThat(slots).doesNotExist();

    definitions.create("chat", SMALL);
    byte[] before = Files.readAllBytes(file("chat"));
    assertThat(problems(() -> definitions.put("chat", Map.of("port", 0, "x", 1)))).hasSize(2);
    assertThat(
            problems(
                () ->
                    definitions.put(
                        "chat", Map.of("run", Map.of("command", Arrays.asList("a", null))))))
        .containsExactly("run.command[1]: must be text in quotes, not null");
    Map<String, Object> deep = new HashMap<>();
    deep.put("x", nested(2000));
    assertThat(problems(() -> definitions.put("chat", deep))).hasSize(1);
    assertThat(
            problems(
                () ->
                    definitions.put(
                        "chat", Map.of("run", Map.of("command", List.of("a", "\ud800"))))))
        .containsExactly("run.command[1]: holds half of a character (a lone surrogate)");
    List<String> huge = java.util.Collections.nCopies(5, "x".repeat(64 * 1024));
    assertThat(problems(() -> definitions.put("chat", Map.of("run", Map.of("command", huge)))))
        .containsExactly(": is larger than 256 KiB");
    assertThatThrownBy(() -> definitions.create("chat", SMALL))
        .isInstanceOf(SlotException.Exists.class);
    assertThatThrownBy(() -> definitions.create("running", Map.of("provider", "flm", "port", 9)))
        .isInstanceOf(SlotException.Exists.class)
        .hasMessageContaining("runs without a slot file");
    assertThat(problems(() -> definitions.create("other", SMALL)))
        .containsExactly(
            "port: 8101 is the port of \"chat\" already (slots/chat.toml): choose another");
    assertThat(Files.readAllBytes(file("chat"))).isEqualTo(before);
    assertThat(files()).containsExactly("chat.toml");
  }

  private static Object nested(int depth) {
    Object value = 1;
    for (int i = 0; i < depth; i++) {
      value = i % 2 == 0 ? Map.of("a", value) : List.of(value);
    }
    return value;
  }

  @Test
  void commentsOrderAndPermissionsStay() throws Exception {
    Files.createDirectories(slots);
    Files.writeString(file("chat"), FullFile.TOML);
    Files.setPosixFilePermissions(file("chat"), PosixFilePermissions.fromString("rw-r-----"));
    Map<String, Object> model = new HashMap<>();
    model.put("default", "other");
    model.put("sha256", null);
    Definitions.Saved saved =
        definitions.put(
            "chat", Map.of("port", 8102, "model", model, "idle", Map.of("after", "1m")));
    assertThat(saved.commentsKept()).isTrue();
    assertThat(Files.readString(file("chat")))
        .isEqualTo(
            FullFile.TOML
                .replace("8101", "8102")
                .replace("default = \"qwen3-4b\"", "default = \"other\"")
                .replaceFirst("sha256 .*\n", "")
                .replace("after        = \"0s\"", "after        = \"1m\""));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("chat"))))
        .isEqualTo("rw-r-----");

    saved = definitions.put("chat", Map.of("run", Map.of("command", List.of("--port", "{port}"))));
    assertThat(saved.commentsKept()).isFalse();
    assertThat(Files.readString(file("chat")))
        .contains("command = [\"--port\", \"{port}\"]")
        .contains("# Who gets in.");
  }

  @Test
  void aLinkStaysALink() throws Exception {
    Files.createDirectories(slots);
    Path target = Files.writeString(temp.resolve("target"), "provider = \"flm\"\nport = 1 # c\n");
    Files.createSymbolicLink(file("chat"), target);
    definitions.put("chat", Map.of("port", 2));
    assertThat(file("chat")).isSymbolicLink();
    assertThat(Files.readString(target)).isEqualTo("provider = \"flm\"\nport = 2 # c\n");
    definitions.delete("chat");
    assertThat(target).exists();
  }

  @Test
  void wrongFilesCanBeMendedUnlessTheyAreNoToml() throws Exception {
    Files.createDirectories(slots);
    Files.writeString(file("wrong"), "provider = \"flm\"\nport = 0 # c\nx = 1\n");
    assertThat(definitions.config("wrong"))
        .isEqualTo(Map.of("provider", "flm", "port", 0L, "x", 1L));
    Map<String, Object> mended = new HashMap<>();
    mended.put("port", 7);
    mended.put("x", null);
    definitions.put("wrong", mended);
    assertThat(Files.readString(file("wrong"))).isEqualTo("provider = \"flm\"\nport = 7 # c\n");

    for (String text : List.of("port = \n", "port = 1\nport = 2\n")) {
      Files.writeString(file("wrong"), text);
      assertThat(problems(() -> definitions.config("wrong"))).isNotEmpty();
      assertThat(problems(() -> definitions.put("wrong", SMALL))).isNotEmpty();
      assertThat(Files.readString(file("wrong"))).isEqualTo(text);
    }
    Files.writeString(file("wrong"), "provider = \"flm\"\nport = 2020-01-01\n");
    assertThat(problems(() -> definitions.config("wrong"))).hasSize(1);
    definitions.put("wrong", SMALL);

    Files.createDirectory(file("dir"));
    assertThat(problems(() -> definitions.config("dir")))
        .containsExactly(": is a directory, not a file");
    assertThatThrownBy(() -> definitions.delete("dir")).isInstanceOf(SlotException.NotSaved.class);
    assertThatThrownBy(() -> definitions.create("dir", SMALL))
        .isInstanceOf(SlotException.Exists.class);
  }

  @Test
  void whatCannotBeWrittenIsSaid() throws Exception {
    Files.createDirectories(slots.getParent());
    Files.writeString(slots, "a file where the directory should be");
    assertThatThrownBy(() -> definitions.create("chat", SMALL))
        .isInstanceOf(SlotException.NotSaved.class)
        .hasMessage("chat was not saved: " + slots + ": not a directory");
  }
}
