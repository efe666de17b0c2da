package hal0.slots.toml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import hal0.slots.spec.FullFile;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader beside an independent one (Jackson's): whatever both take, both read alike. */
class TomlParserTest {
  private static final TomlMapper OTHER = new TomlMapper();

  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private static Object ours(String text) throws TomlException {
    TomlText read = TomlText.parse(text);
    assertThat(read.repeats()).as(text).isEmpty();
    return comparable(read.root().plain());
  }

  private static Object theirs(String text) throws JacksonException {
    return comparable(TomlNode.ofJson(OTHER.readValue(text, MAP)).plain());
  }

  private static Object comparable(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, inner) -> sorted.put((String) key, comparable(inner)));
        yield sorted;
      }
      case List<?> list -> list.stream().map(TomlParserTest::comparable).toList();
      default -> value;
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a = 1",
        "a = 1 # c\n# d\n\n\t b = 2\r\n",
        "a = +1\nb = -0\nc = 1_000\nd = 0xDEAD_beef\ne = 0o17\nf = 0b1_0\ng = -922337203685477580",
        "a = 1.5\nb = -0.25e-3\nc = 6.6E2\nd = 1e06\ne = 9_0.1_1",
        "a = true\nb = false",
        "a = \"x\\ty\\u00e4\\U0001F600\\\"\\\\\"\nb = 'C:\\x'\nc = \"\"\nd = ''",
        "a = \"\"\"\n"
            + "x\n"
            + "y\"\"\"\n"
            + "b = '''\n"
            + "\\x''y'''\n"
            + "c = \"\"\"a\\\n"
            + "   \n"
            + "  b\"\"\"\n"
            + "d = \"\"\"\"q\"\"\"\"\"\n"
            + "e = '''''q'''''",
        "a = []\nb = [1, [2, 3,], \"x\"]\nc = [ # c\n 1, # d\n\n 2\n # e\n]",
        "a = {}\nb = { c = 1, d.e = 2, d.f = { g = [1] } }\n",
        "a.b.c = 1\na.b.d = 2\na . \"x y\" . 'z' = 3\n3.1 = 4",
        "[a]\nb = 1\n[c.d]\ne = 2\n[c]\nf = 3\n[ x . \"y.z\" ]\n[c.d.g]\nh=1",
        "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\n[[a.e]]\nf = 4",
        "fruit.apple.color = 1\n[fruit.apple.texture]\nsmooth = true",
        "\"\" = 1\n'' . x = 2",
        "1234 = 1\n-x- = 2\n_ = 3",
      })
  void readsAsTheOtherDoes(String text) throws Exception {
    if (text.startsWith("\"\"")) {
      assertThat(TomlText.parse(text).repeats()).hasSize(1);
      return;
    }
    assertThat(ours(text)).isEqualTo(theirs(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 01",
        "a = 1__0",
        "a = _1",
        "a = 1_",
        "a = 1.",
        "a = .5",
        "a = 1.e3",
        "a = 0x",
        "a = +0x1",
        "a = 1e",
        "a = tru",
        "a = 0b2",
        "a = 12:00:00Z",
        "= 1",
        "a",
        "a =",
        "a = 1 b = 2",
        "a = 'x",
        "a = \"\\q\"",
        "a = \"\\u12\"",
        "a = \"\"\"x\"\"\"\"\"\"",
        "a = [1 2]",
        "a = [,]",
        "a = {,}",
        "a = {b=1,}",
        "a = {\nb=1}",
        "[a",
        "[]",
        "[a]]",
        "[[a]",
        "[a] b = 1",
        "[ [a]]",
        "a.b. = 1",
        "a..b = 1",
        "\u00e4 = 1",
        "a = \"\"\"\u0000\"\"\"",
        "# \u007f",
        "a = 1\rb = 2",
        "\"\"\"a\"\"\" = 1",
        "a = inf1",
        "a = 1979-05-27 07:32",
        "'a\n' = 1",
      })
  void refusesWhatIsNotToml(String text) {
    assertThatThrownBy(() -> TomlText.parse(text)).isInstanceOf(TomlException.class);
    assertThatThrownBy(() -> OTHER.readTree(text)).isInstanceOf(JacksonException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 1\na = 2",
        "a = 1\na.b = 2",
        "a.b = 1\na = 2",
        "[a]\n[a]",
        "[a]\nb = 1\n[a.b]",
        "a = {b = 1}\na.c = 2",
        "a = {b = 1}\n[a.c]",
        "a = []\n[[a]]",
        "[[a]]\n[a]",
        "[a]\n[[a]]",
        "a.b.c = 1\n[a]",
        "a = {b = 1, b = 2}",
        "a = {b.c = 1, b = 2}",
        "a = {b.c = 1}\n[a.b.d]",
        "a = [{b = 1}]\n[a.c]",
        "a = 1\n\"a\" = 2",
        "[a]\nb.c = 1\n[a.b]",
      })
  void notesWhatIsGivenTwice(String text) throws Exception {
    assertThat(TomlText.parse(text).repeats()).hasSize(1);
    assertThatThrownBy(() -> OTHER.readTree(text)).isInstanceOf(JacksonException.class);
  }

  /** Where the other is laxer than TOML, or wrong: it misreads negative numbers of 19 digits. */
  @Test
  void stricterThanTheOther() throws Exception {
    for (String text :
        List.of("a = 2020-13-01", "a = 2020-02-30", "a = 25:00:00", "a = \"\\uD800\"")) {
      assertThatThrownBy(() -> TomlText.parse(text)).isInstanceOf(TomlException.class);
    }
    assertThat(TomlText.parse("[a.b.c]\nx = 1\n[a]\nb.y = 2").repeats()).hasSize(1);
    assertThat(ours("a = -9223372036854775808")).isEqualTo(Map.of("a", Long.MIN_VALUE));
  }

  @Test
  void datesAndOtherOddities() throws Exception {
    String text =
        "a = 1979-05-27\n"
            + "b = 1979-05-27T07:32:00Z\n"
            + "c = 1979-05-27 07:32:00.999999999999-07:00\n"
            + "d = 07:32:00\n"
            + "e = nan\n"
            + "f = -inf\n"
            + "g = 1e999";
    TomlText.parse(text)
        .root()
        .entries()
        .values()
        .forEach(value -> assertThat(value).isInstanceOf(TomlNode.Odd.class));
  }

  @Test
  void everyValueKnowsItsLineAndEveryStatementItsSpan() throws Exception {
    String text = "a = 1\n[b]\nc = [\n 1,\n 2]\nd.e = { f = 3 } # x\n";
    TomlText read = TomlText.parse(text);
    TomlNode.Table b = (TomlNode.Table) read.root().entries().get("b");
    assertThat(b.line()).isEqualTo(2);
    assertThat(((TomlNode.Array) b.entries().get("c")).items())
        .extracting(TomlNode::line)
        .containsExactly(4, 5);
    assertThat(read.statements())
        .extracting(
            s ->
                s.line()
                    + "|"
                    + String.join(".", s.path())
                    + "|"
                    + text.substring(s.start(), s.end()))
        .containsExactly(
            "1|a|a = 1", "2|b|[b]", "3|b.c|c = [\n 1,\n 2]", "6|b.d.e|d.e = { f = 3 }");
    assertThat(
            text.substring(
                read.statements().getLast().valueStart(), read.statements().getLast().end()))
        .isEqualTo("{ f = 3 }");
  }

  @Test
  void writtenValuesAreReadBack() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      Map<String, Object> tree = randomTable(random, 3);
      String text = TomlWriter.document(tree, i % 2 == 0 ? "\n" : "\r\n");
      assertThat(ours(text)).as(text).isEqualTo(comparable(tree));
      assertThat(theirs(text)).as(text).isEqualTo(comparable(tree));
    }
  }

  private static Map<String, Object> randomTable(Random random, int depth) {
    Map<String, Object> table = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      table.put(randomText(random), randomValue(random, depth));
    }
    return table;
  }

  private static Object randomValue(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> random.nextLong() >> 8 + random.nextInt(56);
      case 1 -> random.nextBoolean();
      case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
      case 3 -> randomText(random);
      case 4 -> randomTable(random, depth - 1);
      default -> List.of(randomValue(random, depth - 1), randomValue(random, depth - 1));
    };
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.appendCodePoint(
          "az09-_ .\"'\\\n\r\t#[]{}=\u0001\u007f\u00e4\u2028".charAt(random.nextInt(23)));
    }
    return random.nextInt(9) == 0 ? text + "\ud83d\ude00" : text.toString();
  }

  @Test
  void anythingIsReadOrRefusedAndNeverMisread() {
    Random random = new Random(20260101);
    String seed = FullFile.TOML;
    String spice = "\"'[]{}=.,#\\\n\r\t -+_:eExobTZ0123456789\u0000\u007f\u00e4\ud83d";
    int taken = 0;
    int rounds = Integer.getInteger("hal0.fuzz.rounds", 2000);
    for (int i = 0; i < rounds; i++) {
      String text = mutated(seed, spice, random);
      SlotFile file = SpecFile.parse("chat", text.getBytes(StandardCharsets.UTF_8));
      assertThat(file.spec().isPresent()).isEqualTo(file.problems().isEmpty());
      taken += file.spec().isPresent() ? 1 : 0;
      sameAsTheOther(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
    assertThat(taken).isBetween(rounds / 40, rounds * 39 / 40);
  }

  private static String mutated(String seed, String spice, Random random) {
    StringBuilder text = new StringBuilder(seed);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(text.length());
      int to = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(at, spice.charAt(random.nextInt(spice.length())));
        case 2 -> text.setCharAt(at, spice.charAt(random.nextInt(spice.length())));
        default -> text.insert(random.nextInt(text.length()), text.substring(at, to));
      }
    }
    return text.toString();
  }

  private static void sameAsTheOther(String text) {
    Object theirs;
    try {
      theirs = theirs(text);
    } catch (JacksonException e) {
      theirs = null;
    }
    Object ours;
    try {
      TomlText read = TomlText.parse(text);
      ours = read.repeats().isEmpty() ? comparable(read.root().plain()) : null;
    } catch (TomlException e) {
      ours = null;
    }
    assertThat(ours).as(text).isEqualTo(theirs);
  }

  @Test
  void hugeAndDeepTexts() {
    List<String> texts = new ArrayList<>();
    int size = 250_000;
    for (String part :
        List.of(
            "[", "{a=", "a.", "[[a]]\n", "[a.", "\"", "#", "1", "1_", "\\", "'''", "\r\n", "a=1\n",
            " ", "=")) {
      texts.add(part.repeat(size / part.length()));
      texts.add("a = " + part.repeat(size / part.length()));
      texts.add("a = \"\"\"" + part.repeat(size / part.length()));
    }
    for (String text : texts) {
      assertThat(SpecFile.parse("chat", text).spec()).isEmpty();
    }
  }
}
