package hal0.slots.toml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.slots.spec.FullFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TomlEditorTest {
  /** A text, the JSON that it is to say, and what must come out. */
  record Edit(String name, String text, String wanted, String result, boolean commentsKept) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Edit edit(String name, String text, String wanted, String result) {
    return new Edit(name, text, wanted, result, true);
  }

  static List<Edit> edits() {
    return Stream.concat(valuesAndTables().stream(), listsAndLines().stream()).toList();
  }

  private static List<Edit> valuesAndTables() {
    return List.of(
        edit("nothing", "# c\na = 1 # d\n", "{\"a\": 1}", "# c\na = 1 # d\n"),
        edit(
            "a value",
            "# c\na  =  1   # d\nb = 2\n",
            "{\"a\": \"x\", \"b\": 2}",
            "# c\na  =  \"x\"   # d\nb = 2\n"),
        edit("a removed key", "# c\na = 1 # d\n# e\nb = 2\n", "{\"b\": 2}", "# c\n# e\nb = 2\n"),
        edit(
            "a new root key",
            "a = 1\n\n# of t\n[t]\nb = 2",
            "{\"a\": 1, \"c\": 3, \"t\": {\"b\": 2}}",
            "a = 1\nc = 3\n\n# of t\n[t]\nb = 2\n"),
        edit(
            "the first root key",
            "[t]\nb = 2\n",
            "{\"c\": 3, \"t\": {\"b\": 2}}",
            "c = 3\n[t]\nb = 2\n"),
        edit(
            "new keys at the end of their table",
            "[t]\n  b = 2 # c\n\n# of u\n[u]\n",
            "{\"t\": {\"b\": 2, \"d\": true, \"e\": [1]}, \"u\": {\"f\": 1}}",
            "[t]\n  b = 2 # c\n  d = true\n  e = [1]\n\n# of u\n[u]\nf = 1\n"),
        edit(
            "a new table",
            "a = 1 # c",
            "{\"a\": 1, \"t\": {\"b\": {\"c d\": 2}}}",
            "a = 1 # c\n\n[t]\nb = { \"c d\" = 2 }\n"),
        edit("a table into nothing", "", "{\"t\": {\"b\": 2}}", "[t]\nb = 2\n"),
        edit(
            "a removed table",
            "a = 1\n[t] # c\nb = 2\n# d\n[t.u]\nc = 3\n[v]\nd = 4\n",
            "{\"a\": 1, \"v\": {\"d\": 4}}",
            "a = 1\n# d\n[v]\nd = 4\n"),
        edit(
            "dotted keys",
            "t.a = 1 # c\nb = 2\n",
            "{\"t\": {\"a\": 3, \"d\": 4}, \"b\": 2}",
            "t.a = 3 # c\nt.d = 4\nb = 2\n"),
        edit(
            "a deeper header only",
            "[t.u]\na = 1 # c\n",
            "{\"t\": {\"u\": {\"a\": 1}, \"b\": 2}}",
            "[t.u]\na = 1 # c\n\n[t]\nb = 2\n"));
  }

  private static List<Edit> listsAndLines() {
    return List.of(
        edit(
            "an inline table",
            "t = { a = 1, b = 2 } # c\n",
            "{\"t\": {\"a\": 1, \"c\": 3}}",
            "t = { a = 1, c = 3 } # c\n"),
        edit(
            "a list without comments",
            "a = [\n  1,\n  2,\n] # c\n",
            "{\"a\": [3]}",
            "a = [3] # c\n"),
        new Edit(
            "a list with comments",
            "# b\na = [\n  1, # one\n]\n",
            "{\"a\": [2]}",
            "# b\na = [2]\n",
            false),
        edit(
            "carriage returns",
            "a = 1 # c\r\n[t]\r\nb = 2",
            "{\"a\": 1, \"t\": {\"b\": 2, \"d\": 3}, \"u\": {\"e\": 4}}",
            "a = 1 # c\r\n[t]\r\nb = 2\r\nd = 3\r\n\r\n[u]\r\ne = 4\r\n"),
        edit(
            "removed and added",
            "[t]\na = 1\nb = 2 # c\n",
            "{\"t\": {\"a\": 1, \"d\": 3}}",
            "[t]\na = 1\nd = 3\n"),
        new Edit(
            "lists of tables are written anew",
            "# c\n[[a]]\nb = 1\n",
            "{\"a\": [{\"b\": 2}]}",
            "a = [{ b = 2 }]\n",
            false),
        edit(
            "and lose no comments that aren't there",
            "[[a]]\nb = 1\n",
            "{\"a\": [{\"b\": 2}]}",
            "a = [{ b = 2 }]\n"));
  }

  @ParameterizedTest
  @MethodSource("edits")
  void changesNoMoreThanItMust(Edit edit) throws Exception {
    Map<String, Object> wanted = TomlNode.plainMap(TomlNode.ofJson(json(edit.wanted())));
    TomlEditor.Edited edited = TomlEditor.edit(TomlText.parse(edit.text()), wanted);
    assertThat(edited.text()).isEqualTo(edit.result());
    assertThat(edited.commentsKept()).isEqualTo(edit.commentsKept());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(String text) throws Exception {
    return new ObjectMapper().readValue(text, Map.class);
  }

  /**
   * Many random changes of a whole slot file: each says what was wanted, and every comment outside
   * of it is still there.
   */
  @Test
  void randomEditsSayWhatWasWantedAndKeepComments() throws Exception {
    Random random = new Random(4711);
    int kept = 0;
    for (int i = 0; i < 500; i++) {
      TomlText text =
          TomlText.parse(i % 2 == 0 ? FullFile.TOML : FullFile.TOML.replace("\n", "\r\n"));
      for (int step = 0; step < 3; step++) {
        Map<String, Object> wanted = changed(TomlNode.plainMap(text.root()), random, 0);
        TomlEditor.Edited edited = TomlEditor.edit(text, wanted);
        TomlText read = TomlText.parse(edited.text());
        assertThat(read.repeats()).isEmpty();
        assertThat(pruned(TomlNode.plainMap(read.root())))
            .as(edited.text())
            .isEqualTo(pruned(wanted));
        if (edited.commentsKept() && text.text().contains("# What")) {
          kept++;
          assertThat(edited.text()).contains("# What this slot is for.", "# Who gets in.");
        }
        text = read;
      }
    }
    assertThat(kept).isGreaterThan(300);
  }

  private static Map<String, Object> changed(Map<?, ?> table, Random random, int depth) {
    Map<String, Object> changed = new LinkedHashMap<>();
    table.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner && random.nextInt(12) > 0) {
            changed.put((String) key, changed(inner, random, depth + 1));
          } else if (random.nextInt(12) > 0) {
            changed.put((String) key, random.nextInt(8) > 0 ? value : value(random, depth));
          }
        });
    while (random.nextInt(6) == 0) {
      changed.put(
          List.of("new", "new key", "", "\u00e4.\"").get(random.nextInt(4)), value(random, depth));
    }
    return changed;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 2 ? 4 : 5)) {
      case 0 -> random.nextLong();
      case 1 -> "a \"#\" \n\\ b";
      case 2 -> random.nextBoolean();
      case 3 -> new ArrayList<Object>(List.of("x", 1L));
      default -> changed(Map.of("k", 1L, "l", Map.of("m", 2L)), random, depth + 1);
    };
  }

  private static Map<String, Object> pruned(Map<?, ?> table) {
    Map<String, Object> pruned = new LinkedHashMap<>();
    table.forEach(
        (key, value) -> {
          if (!(value instanceof Map<?, ?> inner)) {
            pruned.put((String) key, value);
          } else if (!pruned(inner).isEmpty()) {
            pruned.put((String) key, pruned(inner));
          }
        });
    return pruned;
  }
}
