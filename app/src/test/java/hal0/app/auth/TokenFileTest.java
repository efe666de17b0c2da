package hal0.app.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
  @TempDir private Path dir;

  @Test
  void isMadeOnceForItsOwnerOnly() throws IOException {
    Path state = dir.resolve("a/b");

    Token first = TokenFile.resolve(Map.of(), state, false);
    String text = Files.readString(state.resolve("token")).strip();
    Token second = TokenFile.resolve(Map.of(), state, false);

    assertThat(text).hasSize(43);
    assertThat(first.isIn(Optional.of("Bearer " + text))).isTrue();
    assertThat(second.isIn(Optional.of("Bearer " + text))).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("token"))))
        .isEqualTo("rw-------");
    try (var files = Files.list(state)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void inTheSystemScopeNobodyElseReadsItEither() throws IOException {
    TokenFile.resolve(Map.of(), dir, true);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("token"))))
        .isIn("rw-------", "rw-r-----");
  }

  @Test
  void rightsThatAreTooWideAreTakenAway() throws IOException {
    Path file = Files.writeString(dir.resolve("token"), "my-own-token\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    Token token = TokenFile.resolve(Map.of(), dir, false);

    assertThat(token.isIn(Optional.of("Bearer my-own-token"))).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void theVariableWinsAndNoFileIsMade() throws IOException {
    Token token = TokenFile.resolve(Map.of(TokenFile.VARIABLE, " from-outside "), dir, false);

    assertThat(token.isIn(Optional.of("Bearer from-outside"))).isTrue();
    assertThat(dir.resolve("token")).doesNotExist();
  }

  @Test
  void whatIsNoTokenIsToldWithoutTellingIt() throws IOException {
    Files.writeString(dir.resolve("token"), "hush hush\n");

    assertThatThrownBy(() -> TokenFile.resolve(Map.of(), dir, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("token")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> TokenFile.resolve(Map.of(TokenFile.VARIABLE, "short"), dir, false))
        .hasMessageContaining("HAL0_TOKEN");
    Files.delete(dir.resolve("token"));
    Files.createDirectory(dir.resolve("token"));
    assertThatThrownBy(() -> TokenFile.resolve(Map.of(), dir, false))
        .hasMessageContaining("is not a file");
  }

  @Test
  void doesNotShowItself() {
    assertThat(new Token("a-token-for-tests").toString()).doesNotContain("a-token-for-tests");
  }
}
