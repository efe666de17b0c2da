package hal0.slots.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import hal0.slots.SlotException;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SlotSpec.Runtime;
import hal0.slots.spec.SpecFile;
import hal0.systemd.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The texts are beside this test as {@code *.conf}; with {@code -Dhal0.golden=DIR} they are written
 * there anew.
 */
class DropInTest {
  private static final Set<String> DEVICES = Set.of("/dev/dri", "/dev/kfd");
  private static final Optional<Path> LAUNCHER = Optional.of(Path.of("/opt/hal0/bin/hal0"));
  private static final Host SYSTEM =
      new Host(Scope.SYSTEM, true, true, true, DEVICES::contains, DropInTest::find, LAUNCHER);
  private static final Host USER =
      new Host(Scope.USER, false, true, false, DEVICES::contains, DropInTest::find, LAUNCHER);

  private static String find(String name) {
    return name.startsWith("/") ? name : "/usr/bin/" + name;
  }

  private static final Map<String, Specs> SLOTS =
      Map.ofEntries(
          Map.entry("exec-llama", Specs.exec(Provider.LLAMA_SERVER).sizes(8192, -1)),
          Map.entry("exec-llama-router", Specs.exec(Provider.LLAMA_SERVER).model(null, null)),
          Map.entry("exec-vllm", Specs.exec(Provider.VLLM).sizes(4096, 20)),
          Map.entry("exec-vllm-hub", Specs.exec(Provider.VLLM).model("Qwen/Qwen3-4B", null)),
          Map.entry("exec-flm", Specs.exec(Provider.FLM).model("qwen3:4b", null).sizes(4096, -1)),
          Map.entry("exec-kokoro", Specs.exec(Provider.KOKORO).model(null, "/models/kokoro")),
          Map.entry(
              "exec-worker",
              Specs.exec(Provider.WORKER).worker("embed", Map.of("note", "a \"b\" $c %d"))),
          Map.entry("exec-moonshine", Specs.exec(Provider.MOONSHINE).model(null, null)),
          Map.entry(
              "exec-whisper", Specs.exec(Provider.WHISPER).model(null, "/models/ggml-base.bin")),
          Map.entry(
              "exec-supervised",
              Specs.exec(Provider.LLAMA_SERVER).supervised(Duration.ofMinutes(2))),
          Map.entry(
              "exec-supervised-hostile",
              Specs.exec(Provider.GENERIC)
                  .model("a\"b\nc%d\\", null)
                  .command("/opt/a b/$server%", "", "--", "$HOME %t\n;", "{model}")
                  .supervised(Duration.ZERO)),
          Map.entry(
              "exec-generic",
              Specs.exec(Provider.GENERIC)
                  .command(
                      "/opt/server",
                      "--name={name}",
                      "--listen",
                      "127.0.0.1:{port}",
                      "-m",
                      "{model}={model_path}")
                  .env(Map.of("SLOT", "{name}", "A", "{\"json\": {port}}"))
                  .memoryMax("16G")
                  .restartSec(Duration.ofMillis(250))
                  .user("models")),
          Map.entry(
              "exec-hostile",
              Specs.exec(Provider.GENERIC)
                  .model("a\"b\nc%d\\", null)
                  .command(
                      "/opt/a b/$server%",
                      "",
                      "two words",
                      "\"double\" 'single'",
                      "back\\slash\\",
                      "$HOME ${HOME} $$",
                      "%t %% %",
                      ";",
                      "new\nline\ttab\rbell\u0007",
                      "# no comment",
                      "{unknown} {{name}} {",
                      "{model}",
                      "ünï☃")
                  .env(Map.of("X", "a \"b\" 'c' $D %t \\\nExecStart=/bin/evil", "Y", ""))),
          Map.entry(
              "podman-llama",
              Specs.container(
                      Provider.LLAMA_SERVER,
                      Runtime.PODMAN,
                      "ghcr.io/ggml-org/llama.cpp:server-vulkan")
                  .sizes(8192, -1)
                  .devices(
                      "/dev/dri", "/dev/kfd:/dev/kfd:rw", "/dev/accel/accel0", "nvidia.com/gpu=all")
                  .volumes("/srv/models:/models:ro")
                  .env(Map.of("B", "two words", "A", "{port}"))
                  .memoryMax("16G")),
          Map.entry(
              "podman-split-model",
              Specs.container(Provider.LLAMA_SERVER, Runtime.PODMAN, "llama")
                  .model("big", "/models/a, \"b\"/big-00001-of-00003.gguf")),
          Map.entry(
              "podman-volume",
              Specs.container(Provider.GENERIC, Runtime.PODMAN, "docker.io/library/server:1")
                  .volumes("/models:/models:ro", "{model_path}:/model.gguf:ro")
                  .command("--port", "{port}", "--model", "{model_path}")),
          Map.entry("podman-whisper", Specs.container(Provider.WHISPER, Runtime.PODMAN, "whisper")),
          Map.entry(
              "podman-vllm", Specs.container(Provider.VLLM, Runtime.PODMAN, "vllm/vllm-openai")),
          Map.entry("podman-kokoro", Specs.container(Provider.KOKORO, Runtime.PODMAN, "kokoro")),
          Map.entry(
              "podman-comfyui",
              Specs.container(Provider.COMFYUI, Runtime.PODMAN, "comfyui").model(null, null)),
          Map.entry(
              "docker-llama",
              Specs.container(
                      Provider.LLAMA_SERVER, Runtime.DOCKER, "ghcr.io/ggml-org/llama.cpp:server")
                  .devices("/dev/dri", "/dev/nowhere")
                  .env(Map.of("KEY", "$value % \"x\""))
                  .memoryMax("16G")));

  @TestFactory
  Stream<DynamicTest> textsAreAsWritten() {
    return SLOTS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            slot ->
                Stream.of(SYSTEM, USER)
                    .map(
                        host ->
                            DynamicTest.dynamicTest(
                                file(slot.getKey(), host), () -> compare(slot, host))));
  }

  private static String file(String name, Host host) {
    return name + "." + host.scope().word() + ".conf";
  }

  private static void compare(Map.Entry<String, Specs> slot, Host host)
      throws IOException, SlotException {
    SlotSpec spec = slot.getValue().spec();
    String text = DropIn.text(spec, spec.model().id(), spec.model().path(), host);
    String name = file(slot.getKey(), host);
    String anew = System.getProperty("hal0.golden");
    if (anew != null) {
      Files.writeString(Path.of(anew, name), text);
    }
    try (var golden = DropInTest.class.getResourceAsStream(name)) {
      assertThat(golden).as("the golden file " + name).isNotNull();
      assertThat(text).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertThat(DropIn.isOurs(text)).isTrue();
    assertThat(DropIn.model(text)).isEqualTo(spec.model().id());
  }

  @Test
  void saysWhereToWriteAPathThatIsMissing() {
    SlotSpec own = Specs.exec(Provider.LLAMA_SERVER).model("m", null).spec();
    assertUnknown(own, Optional.of("m"), "models.\"m\"", "[model] in slots/chat.toml");
    assertUnknown(own, Optional.of("other"), "models.\"other\"");
    SlotSpec written =
        Specs.exec(Provider.GENERIC).model(null, null).command("x", "{model_path}").spec();
    assertUnknown(written, Optional.empty(), "write default and path");
    SlotSpec env =
        Specs.exec(Provider.GENERIC)
            .model("m", null)
            .command("x")
            .env(Map.of("A", "{model_path}"))
            .spec();
    assertUnknown(env, Optional.of("m"), "no path");
    assertUnknown(
        Specs.exec(Provider.VLLM).model(null, null).spec(), Optional.empty(), "write default");
    assertUnknown(
        Specs.exec(Provider.WHISPER).model(null, null).spec(), Optional.empty(), "write default");
  }

  private static void assertUnknown(SlotSpec spec, Optional<String> model, String... parts) {
    assertThatExceptionOfType(SlotException.UnknownModel.class)
        .isThrownBy(() -> DropIn.text(spec, model, Optional.empty(), USER))
        .satisfies(e -> assertThat(e.getMessage()).contains(parts).contains("chat"));
  }

  @Test
  void refusesWhatSystemdWouldNotRunAsWritten() {
    for (String program : new String[] {"", "./server", "bin/server", "../x"}) {
      assertRefused(Specs.exec(Provider.GENERIC).command(program, "x").spec(), "run.command");
    }
    assertRefused(
        Specs.exec(Provider.GENERIC).command("x").env(Map.of("A", "bell \u0007")).spec(),
        "run.env.A");
  }

  private static void assertRefused(SlotSpec spec, String key) {
    Host nothingFound =
        new Host(Scope.SYSTEM, true, true, true, DEVICES::contains, name -> name, LAUNCHER);
    assertThatExceptionOfType(SlotException.ConfigError.class)
        .isThrownBy(() -> DropIn.text(spec, Optional.empty(), Optional.empty(), nothingFound))
        .withMessageContaining(key);
  }

  @Test
  void knowsForWhichProvidersACommandIsNeeded() {
    for (Provider provider : Provider.values()) {
      SlotSpec spec = Specs.exec(provider).spec();
      if (ProviderCommands.has(provider, Runtime.EXEC)) {
        assertThat(text(spec)).contains("\nExecStart=/usr/bin/");
      } else {
        assertThatExceptionOfType(SlotException.ConfigError.class)
            .isThrownBy(() -> DropIn.text(spec, spec.model().id(), spec.model().path(), USER))
            .withMessageContaining(provider.word());
      }
      assertThat(ProviderCommands.has(provider, Runtime.PODMAN)).isTrue();
      if (provider != Provider.WORKER) {
        String file = "provider = \"" + provider.word() + "\"\nport = 8101\n";
        assertThat(SpecFile.parse("chat", file).spec().isPresent())
            .as("a file without a command for " + provider.word())
            .isEqualTo(ProviderCommands.has(provider, Runtime.EXEC));
      }
      assertThat(text(Specs.container(provider, Runtime.PODMAN, "image").spec()))
          .contains(" run \\\n");
    }
    assertThat(Arrays.stream(Provider.values()).filter(p -> ProviderCommands.has(p, Runtime.EXEC)))
        .hasSize(6);
  }

  @Test
  void aNewDefaultIsADifference() throws SlotException {
    SlotSpec a = Specs.exec(Provider.LLAMA_SERVER).model("a", "/a").spec();
    SlotSpec b = Specs.exec(Provider.LLAMA_SERVER).model("b", "/b").spec();
    Optional<String> model = Optional.of("a");
    Optional<String> path = Optional.of("/a");
    assertThat(DropIn.text(a, model, path, USER)).isNotEqualTo(DropIn.text(b, model, path, USER));
    assertThat(DropIn.model(DropIn.text(b, model, path, USER))).contains("a");
  }

  @Test
  void readsNoModelFromWhatIsNoneOfOurs() {
    assertThat(DropIn.model("[Service]\n# model: \"x\"\n")).isEmpty();
    assertThat(DropIn.model("# Written by hal0\n# model: {\n")).isEmpty();
    assertThat(DropIn.model("# Written by hal0\n# model: null\n")).isEmpty();
    assertThat(DropIn.isOurs("[Service]\nExecStart=/bin/true\n")).isFalse();
  }

  private static String text(SlotSpec spec) {
    try {
      return DropIn.text(spec, spec.model().id(), spec.model().path(), USER);
    } catch (SlotException e) {
      throw new AssertionError(e);
    }
  }
}
