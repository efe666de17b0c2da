package hal0.slots.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import hal0.slots.SlotException;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DropInFilesTest {
  private static final SlotSpec CHAT = Specs.exec(Provider.LLAMA_SERVER).spec();
  private static final Optional<String> DEFAULT = CHAT.model().id();

  @TempDir Path home;

  private final Set<String> devices = new HashSet<>();

  private Path directory() {
    return home.resolve("systemd/user");
  }

  private Path file() {
    return directory().resolve("hal0-slot@chat.service.d/50-hal0.conf");
  }

  private DropInFiles files() {
    ModelPaths models =
        (spec, id) ->
            id.equals(Optional.of("other"))
                ? Optional.of("/other")
                : ModelPaths.ofSlotFiles().path(spec, id);
    return new DropInFiles(
        directory(),
        () ->
            new Host(
                Scope.USER,
                false,
                true,
                true,
                devices::contains,
                name -> "/usr/bin/" + name,
                Optional.empty()),
        models);
  }

  @Test
  void writesOnlyWhatIsNew() throws Exception {
    DropInFiles files = files();
    assertThat(files.slots()).isEmpty();
    assertThat(files.model("chat")).isEmpty();
    assertThat(files.differs(CHAT)).isTrue();
    assertThat(files.write(CHAT, DEFAULT)).isTrue();
    assertThat(files.write(CHAT, DEFAULT)).isFalse();
    assertThat(files.differs(CHAT)).isFalse();
    assertThat(files.model("chat")).isEqualTo(DEFAULT);
    assertThat(files.slots()).containsExactly("chat");
    try (var entries = Files.list(file().getParent())) {
      assertThat(entries).containsExactly(file());
    }
  }

  @Test
  void aModelThatWasAskedForIsNoDifference() throws Exception {
    DropInFiles files = files();
    files.write(CHAT, DEFAULT);
    assertThat(files.write(CHAT, Optional.of("other"))).isTrue();
    assertThat(files.model("chat")).contains("other");
    assertThat(files.differs(CHAT)).isFalse();
    assertThat(files.differs(Specs.exec(Provider.LLAMA_SERVER).sizes(1024, 0).spec())).isTrue();
    assertThat(files.differs(Specs.exec(Provider.LLAMA_SERVER).model("new", "/new").spec()))
        .isTrue();
  }

  @Test
  void aPathNeedsNoIdWhereTheProviderNeedsNone() throws Exception {
    DropInFiles files =
        new DropInFiles(
            directory(),
            () ->
                new Host(
                    Scope.USER,
                    false,
                    true,
                    true,
                    devices::contains,
                    name -> "/usr/bin/" + name,
                    Optional.empty()),
            (spec, id) -> Optional.empty());
    files.write(
        Specs.exec(Provider.WHISPER).model(null, "/models/base.bin").spec(), Optional.empty());
    assertThat(file()).content().contains("--model /models/base.bin");
    // "" for a model that is needed means: start with none.
    files.write(
        Specs.exec(Provider.LLAMA_SERVER).model(null, "/models/x.gguf").spec(), Optional.empty());
    assertThat(file()).content().doesNotContain("/models/x.gguf");
  }

  @Test
  void aModelThatIsUnknownChangesNothing() throws Exception {
    DropInFiles files = files();
    files.write(CHAT, DEFAULT);
    String old = Files.readString(file());
    assertThatExceptionOfType(SlotException.UnknownModel.class)
        .isThrownBy(() -> files.write(CHAT, Optional.of("unheard-of")));
    assertThatExceptionOfType(SlotException.UnknownModel.class)
        .isThrownBy(() -> files.check(CHAT, Optional.of("unheard-of")));
    files.check(CHAT, Optional.of("other"));
    assertThat(file()).hasContent(old);
  }

  @Test
  void leavesOthersFilesAlone() throws Exception {
    DropInFiles files = files();
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "[Service]\nExecStart=\nExecStart=/bin/mine\n");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> files.write(CHAT, DEFAULT))
        .withMessageContaining(file().toString());
    assertThat(files.slots()).isEmpty();
    assertThat(files.model("chat")).isEmpty();
    assertThat(files.remove("chat")).isFalse();
    assertThat(file()).content().contains("/bin/mine");
  }

  @Test
  void removesItsOwnAndNothingElse() throws Exception {
    DropInFiles files = files();
    assertThat(files.remove("chat")).isFalse();
    files.write(CHAT, DEFAULT);
    assertThat(files.remove("chat")).isTrue();
    assertThat(file().getParent()).doesNotExist();
    files.write(CHAT, DEFAULT);
    Path own = Files.writeString(file().resolveSibling("60-local.conf"), "[Service]\nNice=5\n");
    assertThat(files.remove("chat")).isTrue();
    assertThat(file()).doesNotExist();
    assertThat(own).exists();
  }

  @Test
  void listsSlotsOnly() throws Exception {
    DropInFiles files = files();
    files.write(CHAT, DEFAULT);
    String text = Files.readString(file());
    for (String other :
        Set.of("hal0-slot@Bad.service.d", "hal0-slot@empty.service.d", "other@chat.service.d")) {
      Files.createDirectories(directory().resolve(other));
      if (!other.contains("empty")) {
        Files.writeString(directory().resolve(other).resolve("50-hal0.conf"), text);
      }
    }
    assertThat(files.slots()).containsExactly("chat");
  }

  @Test
  void leavesTheOldOneWhenItCannotWrite() throws Exception {
    DropInFiles files = files();
    files.write(CHAT, DEFAULT);
    String old = Files.readString(file());
    // What cannot be deleted stands where the temporary file has to go: fails for root too.
    Files.createDirectories(file().resolveSibling("50-hal0.conf.tmp/full"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> files.write(CHAT, Optional.of("other")))
        .withMessageContaining(file().toString());
    assertThat(file()).hasContent(old);
    assertThat(files.model("chat")).isEqualTo(DEFAULT);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void isNotStoppedByWhatIsNoFile() throws Exception {
    DropInFiles files = files();
    Files.createDirectories(file().getParent());
    assertThat(new ProcessBuilder("mkfifo", file().toString()).start().waitFor()).isZero();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> files.write(CHAT, DEFAULT))
        .withMessageContaining(file().toString());
    assertThat(files.differs(CHAT)).isTrue();
    assertThat(files.model("chat")).isEmpty();
    assertThat(files.slots()).isEmpty();
  }

  @Test
  void refusesNamesThatLeaveTheDirectory() {
    DropInFiles files = files();
    for (String name : Set.of("../x", "a/b", "", "A")) {
      assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> files.model(name));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> files.remove(name));
    }
  }
}
