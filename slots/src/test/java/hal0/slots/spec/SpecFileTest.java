package hal0.slots.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpecFileTest {
  @ParameterizedTest
  @MethodSource("hal0.slots.spec.WrongFiles#allWrong")
  void namesEveryProblem(WrongFiles.Bad bad) {
    SlotFile file = SpecFile.parse("chat", bad.toml());
    assertThat(file.spec()).isEmpty();
    assertThat(file.name()).isEqualTo("chat");
    List<String> told =
        file.problems().stream()
            .map(problem -> problem.line() + " " + problem.key() + ": " + problem.message())
            .toList();
    List<String> wanted = List.of(bad.problems());
    int found = 0;
    for (String want : wanted) {
      String place = want.matches("[0-9]+ .*: .*") ? want.substring(0, want.indexOf(": ")) : null;
      String part = place == null ? want : want.substring(want.indexOf(": ") + 2);
      assertThat(told)
          .as("%s", want)
          .anyMatch(
              line -> line.contains(part) && (place == null || line.startsWith(place + ": ")));
      found += place == null ? 0 : 1;
    }
    assertThat(told).as("no others").hasSize(found);
  }

  @Test
  void theSameProblemsWithCarriageReturns() {
    for (WrongFiles.Bad bad : WrongFiles.wrongValues()) {
      assertThat(SpecFile.parse("chat", bad.toml().replace("\n", "\r\n")))
          .as(bad.name())
          .isEqualTo(SpecFile.parse("chat", bad.toml()));
    }
  }

  @Test
  void defaultsAreTheContracts() {
    SlotSpec spec = SpecFile.parse("chat", WrongFiles.GOOD).spec().orElseThrow();
    assertThat(spec)
        .isEqualTo(
            new SlotSpec(
                "chat",
                Provider.LLAMA_SERVER,
                8101,
                Optional.empty(),
                true,
                false,
                new SlotSpec.Model(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                new SlotSpec.Run(
                    SlotSpec.Runtime.EXEC,
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    "on-failure",
                    Duration.ofSeconds(1),
                    false,
                    Duration.ZERO,
                    ""),
                new SlotSpec.Needs(Optional.empty(), Optional.empty()),
                new SlotSpec.ProbeSettings(
                    Duration.ofMinutes(3),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    3,
                    Duration.ofSeconds(3),
                    "/health",
                    "/v1/models",
                    false,
                    false),
                new SlotSpec.Admission(
                    0,
                    0,
                    Duration.ofSeconds(30),
                    false,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(300),
                    Duration.ofSeconds(120),
                    Optional.empty()),
                new SlotSpec.Idle(Duration.ofMinutes(5), Duration.ZERO),
                Optional.empty()));
  }

  @Test
  void everyKeyIsRead() {
    SlotFile file = SpecFile.parse("chat", FullFile.TOML);
    assertThat(file.error()).isEmpty();
    assertThat(file.spec()).contains(FullFile.SPEC);
  }

  @Test
  void jsonMeansTheSame() {
    assertThat(SpecFile.ofJson("chat", FullFile.json()).spec()).contains(FullFile.SPEC);
    SlotFile wrong =
        SpecFile.ofJson(
            "chat", Map.of("provider", "flm", "port", 8101.0, "probe", Map.of("grase", "1s")));
    assertThat(wrong.problems())
        .extracting(SpecProblem::toString)
        .containsExactlyInAnyOrder(
            "port: must be a whole number from 1 to 65535, not the number 8101.0",
            "probe.grase: unknown key; did you mean probe.grace?");
    assertThat(
            SpecFile.ofJson(
                    "chat",
                    Map.of("provider", "flm", "port", 1, "worker", Map.of("options", Map.of())))
                .error())
        .contains("worker: is for provider = \"worker\" only");
  }

  @Test
  void namesThatCannotBe() {
    for (String name :
        List.of(
            "", "Chat", "a/b", "..", "stream", "events", "-a", "a".repeat(33), "\u00e4", "a\n")) {
      assertThat(SpecFile.parse(name, WrongFiles.GOOD).error().orElseThrow())
          .contains("no slot can be called");
    }
    for (String name : List.of("a", "0", "a-b_c", "a".repeat(32))) {
      assertThat(SpecFile.parse(name, WrongFiles.GOOD).error()).isEmpty();
    }
  }

  @Test
  void bytesThatAreNotText() {
    byte[] latin =
        "provider = \"flm\"\nbackend = \"gr\u00fcn\"\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(SpecFile.parse("chat", latin).error())
        .contains("line 2: not UTF-8 text: byte 0xFC (column 14)");
    byte[] wide = WrongFiles.GOOD.getBytes(StandardCharsets.UTF_16LE);
    assertThat(SpecFile.parse("chat", wide).spec()).isEmpty();
    byte[] marked = ("\uFEFF" + WrongFiles.GOOD).getBytes(StandardCharsets.UTF_8);
    assertThat(SpecFile.parse("chat", marked).error()).isEmpty();
    assertThat(SpecFile.parse("chat", new byte[256 * 1024 + 1]).error())
        .contains("is larger than 256 KiB");
  }

  @Test
  void longValuesAndManyProblems() {
    String arg = "x".repeat(64 * 1024);
    assertThat(
            SpecFile.parse("chat", WrongFiles.GOOD + "run.command = [\"a\", \"" + arg + "\"]")
                .error())
        .isEmpty();
    assertThat(
            SpecFile.parse("chat", WrongFiles.GOOD + "run.command = [\"a\", \"" + arg + "y\"]")
                .error()
                .orElseThrow())
        .contains("run.command[1]: is 65537 bytes long; at most 65536 are allowed");
    assertThat(
            SpecFile.parse("chat", WrongFiles.GOOD + "backend = \"" + "x".repeat(4097) + "\"")
                .error()
                .orElseThrow())
        .contains("is 4097 bytes long");
    StringBuilder many = new StringBuilder(WrongFiles.GOOD);
    for (int i = 0; i < 1000; i++) {
      many.append("x").append(i).append(" = 1\n");
    }
    List<SpecProblem> problems = SpecFile.parse("chat", many.toString()).problems();
    assertThat(problems).hasSize(100);
    assertThat(problems.getLast())
        .isEqualTo(new SpecProblem("", 102, "and 901 more problems from here on"));
  }
}
