package hal0.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text; that systemd reads it as it is meant is tested on a real one. */
class UnitFileTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "plain, plain",
        "``, \"\"",
        "a b, \"a b\"",
        "it's, \"it's\"",
        "say \"hi\", \"say \\\"hi\\\"\"",
        "back\\slash, \"back\\\\slash\"",
        "$HOME, \"$$HOME\"",
        "${HOME}, \"$${HOME}\"",
        "100%, \"100%%\"",
        ";, \";\"",
        "ü€, \"ü€\""
      })
  void quotesAnArgument(String argument, String quoted) {
    assertThat(UnitFile.quote(argument)).isEqualTo(quoted);
  }

  @Test
  void escapesControlCharacters() {
    assertThat(UnitFile.quote("a\nb\tc\r\u0001\u007f")).isEqualTo("\"a\\nb\\tc\\x0d\\x01\\x7f\"");
    assertThatThrownBy(() -> UnitFile.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesACommand() {
    assertThat(UnitFile.command(List.of("/bin/echo", "$x", "a b")))
        .isEqualTo("/bin/echo \"$$x\" \"a b\"");
    assertThat(UnitFile.command(List.of("/opt/50% off/run"))).isEqualTo("\"/opt/50%% off/run\"");
    assertThat(UnitFile.command(List.of("/opt/$x/run", "y")))
        .as("the path is taken as it is, argv[0] is not")
        .isEqualTo("\"@/opt/$x/run\" \"/opt/$$x/run\" y");
    assertThat(UnitFile.command(List.of("-run", "y")))
        .as("a minus would be a prefix")
        .isEqualTo("/bin/sh -c \"exec \\\"$$0\\\" \\\"$$@\\\"\" -run y");
    assertThatThrownBy(() -> UnitFile.command(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UnitFile.command(List.of("", "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesAVariable() {
    assertThat(UnitFile.environment("KEY", "a \"b\" $c %d\ne"))
        .isEqualTo("\"KEY=a \\\"b\\\" $c %%d\\ne\"");
    assertThatThrownBy(() -> UnitFile.environment("A=B", "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UnitFile.environment("A", "\u001b"))
        .hasMessageContaining("control characters");
    assertThat(UnitFile.isEnvironmentValue("tab\tand\nnewline")).isTrue();
    assertThat(UnitFile.isEnvironmentValue("return\r")).isFalse();
  }

  @Test
  void writesAPlainValueOnOneLine() {
    assertThat(UnitFile.value("100 % of\n[Service]\nUser=root"))
        .isEqualTo("100 %% of [Service] User=root");
    assertThat(UnitFile.value("ends with \\")).as("no continued line").isEqualTo("ends with \\ ");
  }

  @Test
  void buildsAFileFromTopToBottom() {
    String text =
        new UnitFile()
            .comment("two\nlines")
            .section("Unit")
            .set("Description", "slot 100%")
            .section("Service")
            .reset("ExecStart")
            .exec("ExecStart", List.of("/bin/true"))
            .variable("A", "b")
            .raw("SyslogIdentifier", "x-%i")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            # two
            # lines

            [Unit]
            Description=slot 100%%

            [Service]
            ExecStart=
            ExecStart=/bin/true
            Environment=A=b
            SyslogIdentifier=x-%i
            """);
  }

  @Test
  void refusesWhatWouldBeAnotherDirective() {
    UnitFile file = new UnitFile().section("Service");
    assertThatThrownBy(() -> file.raw("User", "a\nExecStart=/bin/evil"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.raw("User", "a\\")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.set("A=b\nC", "d")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.section("X]\n[Y")).isInstanceOf(IllegalArgumentException.class);
  }
}
