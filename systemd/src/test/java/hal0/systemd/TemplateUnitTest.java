package hal0.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateUnitTest {
  @TempDir private Path base;

  @Test
  void isPutThereOnceAndTakenAway() throws IOException {
    Path directory = base.resolve("not/there/yet");
    TemplateUnit template = new TemplateUnit(directory);
    assertThat(template.isInstalled()).isFalse();
    assertThat(template.uninstall()).isFalse();

    assertThat(template.install()).isEqualTo(new TemplateUnit.Installed(true, Optional.empty()));
    assertThat(template.file())
        .isEqualTo(directory.resolve("hal0-slot@.service"))
        .hasContent(TemplateUnit.text());
    assertThat(template.install()).isEqualTo(new TemplateUnit.Installed(false, Optional.empty()));

    assertThat(template.uninstall()).isTrue();
    assertThat(listed(directory)).isEmpty();
  }

  @Test
  void replacesAnOlderOneOfItsOwn() throws IOException {
    TemplateUnit template = new TemplateUnit(base);
    Files.writeString(template.file(), "# Written by hal0 install, long ago\n[Service]\n");
    assertThat(template.install()).isEqualTo(new TemplateUnit.Installed(true, Optional.empty()));
    assertThat(listed(base)).containsExactly("hal0-slot@.service");
  }

  @Test
  void keepsWhatSomebodyElseWrote() throws IOException {
    TemplateUnit template = new TemplateUnit(base);
    Files.writeString(template.file(), "[Service]\nExecStart=/bin/mine\n");
    assertThat(template.uninstall()).isFalse();
    Path kept = base.resolve("hal0-slot@.service.orig");
    assertThat(template.install()).isEqualTo(new TemplateUnit.Installed(true, Optional.of(kept)));
    assertThat(kept).hasContent("[Service]\nExecStart=/bin/mine\n");
    assertThat(template.file()).hasContent(TemplateUnit.text());
  }

  @Test
  void replacesALink() throws IOException {
    TemplateUnit template = new TemplateUnit(base);
    Path elsewhere = Files.writeString(base.resolve("elsewhere"), "untouched");
    Files.createSymbolicLink(template.file(), elsewhere);
    assertThat(template.install().kept()).isPresent();
    assertThat(template.file()).isRegularFile();
    assertThat(elsewhere).hasContent("untouched");
  }

  private static Stream<String> listed(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
