package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * OpenAI's official JavaScript client against the gateway: with a stand-in behind it, and with a
 * real llama-server where {@code LLAMA_SERVER} names one ({@code LLAMA_MODEL} its model; else the
 * {@code tiny.gguf} beside it).
 */
@Tag("full")
final class OpenAiClientTest extends E2e {
  /** The last major version that runs on the Node.js of Debian 12 and 13. */
  private static final String CLIENT = "openai@6.30.1";

  @TempDir static Path home;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    assumeTrue(says("node", "--version") && says("npm", "--version"), "no node and npm");
    try (InputStream script = OpenAiClientTest.class.getResourceAsStream("openai-client.mjs")) {
      Files.write(home.resolve("openai-client.mjs"), script.readAllBytes());
    }
    boolean installed = says("npm", "install", "--no-audit", "--no-fund", CLIENT);
    assumeTrue(installed, "npm cannot fetch " + CLIENT);
  }

  @Test
  void theClientWorksOnAStandIn() throws IOException, InterruptedException {
    hal0.writeSlot("chat", SlotText.llama().model("tiny"));
    drive("chat", "tiny");
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "LLAMA_SERVER",
      matches = ".+",
      disabledReason = "LLAMA_SERVER does not name a llama-server")
  void theClientWorksOnARealLlamaServer() throws IOException, InterruptedException {
    String server = System.getenv("LLAMA_SERVER");
    String beside = Path.of(server).resolveSibling("tiny.gguf").toString();
    String model = System.getenv().getOrDefault("LLAMA_MODEL", beside);
    SlotText slot =
        SlotText.llama()
            .model("real")
            .command(
                server,
                "-m",
                model,
                "--host",
                "127.0.0.1",
                "--port",
                "{port}",
                "-c",
                "512",
                "-t",
                "1");
    hal0.writeSlot("llama", slot);
    drive("llama", "real");
  }

  private static void drive(String slot, String model) throws IOException, InterruptedException {
    hal0.writeSlot("asleep", SlotText.llama().model("unused"));
    hal0.verb(slot, "load");
    JsonNode seen = run("http://127.0.0.1:" + hal0.port() + "/v1", model, "asleep");

    assertThat(seen.path("models").toString()).contains("\"" + model + "\"");
    assertThat(seen.path("retrieved").asText()).isEqualTo(model);
    assertThat(seen.path("content").asText()).isNotEmpty();
    assertThat(seen.path("parts").asInt()).isGreaterThan(1);
    assertThat(seen.path("streamed").asText()).isNotEmpty();
    assertThat(seen.at("/unknown/name").asText()).isEqualTo("NotFoundError");
    assertThat(seen.at("/unknown/code").asText()).isEqualTo("dispatch.no_route");
    assertThat(seen.at("/unknown/message").asText()).contains("nobody-has-this");
    assertThat(seen.at("/offline/status").asInt()).isEqualTo(503);
    assertThat(seen.at("/offline/code").asText()).isEqualTo("backend_unavailable");
    assertThat(seen.at("/offline/message").asText()).contains("asleep", "offline");
    hal0.await(slot, "nothing in flight", one -> one.path("in_flight").asInt() == 0);
    hal0.verb(slot, "unload");
  }

  private static JsonNode run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node", "openai-client.mjs"));
    command.addAll(List.of(arguments));
    Path out = home.resolve("out.json");
    Path err = home.resolve("err.txt");
    Process node =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(node.waitFor(120, TimeUnit.SECONDS)).as("node has ended").isTrue();
    assertThat(node.exitValue()).as(Files.readString(err, StandardCharsets.UTF_8)).isZero();
    return new ObjectMapper().readTree(Files.readAllBytes(out));
  }

  private static boolean says(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("install.txt").toFile())
              .start();
      return process.waitFor(180, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }
}
