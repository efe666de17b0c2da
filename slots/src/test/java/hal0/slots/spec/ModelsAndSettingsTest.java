package hal0.slots.spec;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.room.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsAndSettingsTest {
  private static final String SHA = "0123456789abcdef".repeat(4);

  @TempDir Path temp;

  @Test
  void modelsById() {
    Models models =
        Models.parse(
            """
            [models."qwen3-4b"]
            path = "/m/qwen3-4b.gguf"
            source = "https://example.org/q.gguf"
            sha256 = "%s"
            [models.plain]
            path = "/m/plain"
            """
                .formatted(SHA));
    assertThat(models.problems()).isEmpty();
    SlotSpec slot =
        SpecFile.parse(
                "chat",
                "provider = \"flm\"\nport = 1\n[model]\ndefault = \"qwen3-4b\"\npath = \"/own\"")
            .spec()
            .orElseThrow();
    assertThat(models.lookup(slot, "qwen3-4b"))
        .isEqualTo(
            new Models.Entry(
                Optional.of("/own"), Optional.of("https://example.org/q.gguf"), Optional.of(SHA)));
    assertThat(models.lookup(slot, "plain").path()).contains("/m/plain");
    assertThat(models.lookup(slot, "other")).isEqualTo(Models.Entry.UNKNOWN);
  }

  @Test
  void aWrongModelCostsItselfOnly() {
    Models models =
        Models.parse(
            """
            model = 1
            [models.a]
            path = "a.gguf"
            [models."b c"]
            paht = "/b"
            sha256 = 3
            [models.d]
            path = "/d"
            [models]
            "" = {}
            e = "/e"
            """);
    assertThat(models.entries().keySet()).containsExactly("d");
    assertThat(models.problems())
        .extracting(SpecProblem::toString)
        .containsExactly(
            "line 1, model: unknown key; a model is a table such as [models.\"qwen3-4b\"]",
            "line 3, models.a.path: must begin with /, not be \"a.gguf\"",
            "line 5, models.\"b c\".paht: unknown key; did you mean path?",
            "line 6, models.\"b c\".sha256: must be text in quotes, not the number 3",
            "line 10, models.\"\": is no model's id",
            "line 11, models.e: must be a table with path, source or sha256, not the text \"/e\"");
    assertThat(Models.parse("x").problems()).extracting(SpecProblem::line).containsExactly(1);
  }

  @Test
  void settings() {
    DaemonSettings settings =
        DaemonSettings.parse(
            """
            scope = "user"
            state_dir = "/var/lib/x"
            listen = "[::1]:8080"
            [auth]
            require = "all"
            [server]
            hosts = ["box.lan"]
            max_body = "8M"
            max_upload = "4G"
            [readiness]
            required = ["chat"]
            [pull]
            hf_base = "https://mirror.lan/hf"
            [budget]
            memory = "64G"
            """);
    assertThat(settings)
        .isEqualTo(
            new DaemonSettings(
                Optional.of("user"),
                Optional.of("/var/lib/x"),
                Optional.of("[::1]:8080"),
                true,
                List.of("box.lan"),
                List.of("chat"),
                Optional.of(8L << 20),
                Optional.of(4L << 30),
                Optional.of("https://mirror.lan/hf"),
                new Budget(64L << 30, Long.MAX_VALUE),
                List.of()));
    assertThat(DaemonSettings.parse("")).isEqualTo(DaemonSettings.NONE);
  }

  @Test
  void wrongSettings() {
    assertThat(
            DaemonSettings.parse(
                    "scpoe = 1\n"
                        + "listen = \"8080\"\n"
                        + "state_dir = \"x\"\n"
                        + "auth.require = \"al\"\n"
                        + "server.hosts = [\"a b\"]")
                .problems())
        .extracting(SpecProblem::toString)
        .containsExactly(
            "line 1, scpoe: unknown key; did you mean scope?",
            "line 2, listen: must be an address such as \"127.0.0.1:8080\", not \"8080\"",
            "line 3, state_dir: must begin with /, not be \"x\"",
            "line 4, auth.require: must be one of default, all, not \"al\"; did you mean \"all\"?",
            "line 5, server.hosts[0]: must be a host's name, not \"a b\"");
    assertThat(DaemonSettings.parse("listen = \"a:65536\"").problems()).hasSize(1);
    assertThat(DaemonSettings.parse("[").problems()).hasSize(1);
  }

  @Test
  void filesThatAreMissingOrNoFiles() throws IOException {
    assertThat(Models.read(temp.resolve("models.toml"))).isEqualTo(Models.NONE);
    assertThat(DaemonSettings.read(temp.resolve("hal0.toml"))).isEqualTo(DaemonSettings.NONE);
    assertThat(Models.read(temp).problems())
        .extracting(SpecProblem::message)
        .containsExactly("is a directory, not a file");
    assertThat(DaemonSettings.read(temp).problems()).hasSize(1);
    Path file = Files.writeString(temp.resolve("x.toml"), "listen = \"127.0.0.1:0\"");
    assertThat(DaemonSettings.read(file).listen()).contains("127.0.0.1:0");
  }
}
