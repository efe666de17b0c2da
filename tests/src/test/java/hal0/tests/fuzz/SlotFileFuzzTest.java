package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecFile;
import hal0.slots.spec.SpecProblem;
import hal0.slots.toml.TomlEditor;
import hal0.slots.toml.TomlFile;
import hal0.slots.toml.TomlNode;
import hal0.slots.toml.TomlText;
import hal0.slots.toml.TomlWriter;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Slot files: what is wrong is named with its place, and what is accepted means the same when it is
 * written again.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class SlotFileFuzzTest {
  @Test
  void anything() throws Exception {
    Fuzz.run("slotfile", 4000, SlotFileFuzzTest::take);
  }

  private static void take(byte[] input) throws Exception {
    SlotFile file = Allocations.bounded(() -> SpecFile.parse("fuzz", input));
    assertThat(file.name()).isEqualTo("fuzz");
    assertThat(file.spec().isPresent()).isEqualTo(file.problems().isEmpty());
    int lines = 2;
    for (byte one : input) {
      lines += one == '\n' || one == '\r' ? 1 : 0;
    }
    for (SpecProblem problem : file.problems()) {
      assertThat(problem.message()).isNotBlank().hasSizeLessThan(2000);
      assertThat(problem.line()).as("%s", problem).isBetween(0, lines);
      assertThat(problem.line() > 0 || !problem.key().isEmpty())
          .as("%s names its line or its key", problem)
          .isTrue();
    }
    if (file.spec().isPresent()) {
      written(file, TomlText.parse(TomlFile.decode(input)));
    }
  }

  private static void written(SlotFile file, TomlText text) throws Exception {
    Map<String, Object> tree = TomlNode.plainMap(text.root());
    assertThat(SpecFile.parse("fuzz", TomlWriter.document(tree, "\n"))).isEqualTo(file);
    TomlEditor.Edited same = TomlEditor.edit(text, tree);
    assertThat(SpecFile.parse("fuzz", same.text())).isEqualTo(file);
    assertThat(same.commentsKept()).isTrue();
  }
}
