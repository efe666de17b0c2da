package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.UnitFile;
import hal0.systemd.UnitName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Names of units and text for unit files: whatever a string contains, the unit says that string and
 * nothing else. What systemd makes of a text is written down here a second time, from
 * systemd.syntax(7) and systemd.service(5).
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class UnitTextFuzzTest {
  @Test
  void anything() throws Exception {
    Fuzz.run("text", 6000, input -> take(new String(input, StandardCharsets.UTF_8)));
  }

  private static void take(String text) {
    name(text);
    value(text);
    if (text.indexOf('\0') < 0) {
      argument(text);
    } else {
      assertThat(thrown(() -> UnitFile.quote(text))).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void name(String text) {
    try {
      UnitName unit = UnitName.ofSlot(text);
      assertThat(unit.slot()).isEqualTo(Optional.of(text));
      assertThat(unit.value()).matches("hal0-slot@[A-Za-z0-9:_.-]+\\.service");
    } catch (IllegalArgumentException refused) {
      assertThat(text).doesNotMatch("[a-z0-9][a-z0-9_-]{0,31}");
    }
  }

  private static void value(String text) {
    String line = new UnitFile().section("Unit").set("Description", text).text();
    assertThat(line.lines().toList()).hasSize(2);
    assertThat(line).startsWith("[Unit]\nDescription=").endsWith("\n").doesNotEndWith("\\\n");
  }

  private static void argument(String text) {
    String line = new UnitFile().exec("ExecStart", List.of("/bin/x", text, "end")).text();
    assertThat(line.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    assertThat(line).startsWith("ExecStart=/bin/x ").endsWith(" end\n");
    String written =
        line.substring("ExecStart=/bin/x ".length(), line.length() - " end\n".length());
    assertThat(read(written)).isEqualTo(text);
  }

  /** One word as systemd reads it: quotes, then C escapes, then specifiers, then variables. */
  private static String read(String written) {
    boolean quoted = written.startsWith("\"");
    assertThat(quoted ? written.endsWith("\"") && written.length() > 1 : !written.contains(" "))
        .as(written)
        .isTrue();
    String inner = quoted ? written.substring(1, written.length() - 1) : written;
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < inner.length(); at++) {
      char c = inner.charAt(at);
      if (c == '%' || c == '$') {
        assertThat(inner.charAt(++at)).as("doubled").isEqualTo(c);
        text.append(c);
      } else if (c == '\\') {
        char escape = inner.charAt(++at);
        if (escape == 'x') {
          text.append((char) Integer.parseInt(inner, at + 1, at + 3, 16));
          at += 2;
        } else {
          text.append(escape == 'n' ? '\n' : escape == 't' ? '\t' : escape);
          assertThat("nt\"\\").contains(String.valueOf(escape));
        }
      } else {
        assertThat(c).as("ends the word").isNotEqualTo('"').isGreaterThanOrEqualTo(' ');
        text.append(c);
      }
    }
    return text.toString();
  }

  private static Throwable thrown(Runnable task) {
    try {
      task.run();
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }
}
