package hal0.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line's own JSON reader, held against a library's. */
class JsonTest {
  private static final ObjectMapper OTHER = new ObjectMapper();

  private static Object read(String text) throws IOException {
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void values() throws IOException {
    assertThat(
            read(
                " { \"a\" : [ 1, -2.5e3, true, false, null, {}, [] ] , \"b\":\"x\\u00e9\\n"
                    + "\\\"\\/\" } "))
        .isEqualTo(
            Map.of(
                "a",
                java.util.Arrays.asList(1L, -2500.0, true, false, null, Map.of(), List.of()),
                "b",
                "xé\n\"/"));
    assertThat(read("12345678901234567890")).isEqualTo(1.2345678901234567E19);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "\"x",
        "\"\\x\"",
        "\"\\u12g4\"",
        "tru",
        "1 2",
        "-",
        "1e",
        "+-1",
        "\"\n\"",
        "<html>",
        "nulll"
      })
  void whatIsNoJsonIsTold(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> read("[".repeat(100_000)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("deep");
  }

  @Test
  void readsAndQuotesAsTheLibraryDoes() throws IOException {
    var random = new Random(7);
    for (int i = 0; i < 3000; i++) {
      Object value = value(random, 0);
      String written = OTHER.writeValueAsString(value);
      String again = OTHER.writeValueAsString(read(written));
      assertThat(OTHER.readTree(again)).isEqualTo(OTHER.readTree(written));
      String text = text(random);
      assertThat(OTHER.readValue(Json.quote(text), String.class)).isEqualTo(text);
    }
  }

  /** Damaged text is read or refused, and nothing else happens. */
  @Test
  void damageIsReadOrRefused() throws IOException {
    var random = new Random(8);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder(OTHER.writeValueAsString(value(random, 0)));
      text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
      try {
        read(text.toString());
      } catch (IOException wrong) {
        refused++;
      }
    }
    assertThat(refused).isBetween(500, 3000);
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 4 : 6)) {
      case 0 -> random.nextInt(100_000) - 50_000;
      case 1 -> random.nextInt(1 << 20) / 8.0;
      case 2 -> text(random);
      case 3 -> random.nextBoolean() ? null : random.nextBoolean();
      case 4 -> elements(random, depth + 1);
      default -> Map.of("k" + text(random), text(random), "other", random.nextInt());
    };
  }

  private static List<Object> elements(Random random, int depth) {
    var elements = new java.util.ArrayList<Object>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(value(random, depth));
    }
    return elements;
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.appendCodePoint(
          random.nextInt(4) == 0 ? 0x1F600 + random.nextInt(60) : random.nextInt(0x300));
    }
    return text.toString();
  }
}
