package hal0.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.JobResult;
import hal0.systemd.SdNotify;
import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitFile;
import hal0.systemd.UnitName;
import hal0.tests.bed.Await;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real systemd reads units as they were meant. */
@RealSystemd
class UnitTextTest {
  private static final UnitName UNIT = UnitName.ofSlot("hostile");

  /** What has a meaning to systemd, to a shell, or to a careless reader of lines. */
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "a b",
          "'",
          "\"",
          "\\",
          "\\n",
          "a\nb",
          "\n",
          "\t",
          "$HOME",
          "${HOME}",
          "$$",
          "$",
          "a$",
          "${",
          "$A$B",
          "%h",
          "%%",
          "%",
          "%i %n",
          "100%",
          ";",
          "a;b",
          "\\;",
          "#x",
          "*",
          "~",
          "@x",
          "-x",
          "--",
          "!",
          "+",
          ":",
          "\u00e4\u20ac\ud83d\ude00",
          "x\\",
          "=",
          "\"quoted\" 'x'",
          "&&",
          "|",
          ">",
          "`id`",
          "$(id)",
          "{name}",
          "\u00a0",
          "\u2028",
          "\u0085",
          "x".repeat(70_000),
          "\n[Service]\nExecStart=/bin/false",
          "");

  private static final List<String> CONTROLS = List.of("\u0001", "\u001b[0m", "\u007f", "a\r\nb");

  private static PrivateSystemd systemd;

  @TempDir private Path base;

  @BeforeAll
  static void startSystemd() {
    systemd = PrivateSystemd.start();
  }

  @AfterAll
  static void stopSystemd() {
    systemd.close();
  }

  private static JobResult start(RealUnits units, UnitName unit) throws Exception {
    Await.until("the bus", Await.LONG, () -> units.watch().isConnected());
    units.control().reload().get();
    return units.control().start(unit, Duration.ofMinutes(5)).get();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "show",
        "sp ace",
        "we$ird %h",
        "${HOME}",
        "quo'te\"",
        "back\\slash",
        "new\nline",
        "%n;"
      })
  void handsOnWhateverStringsContain(String name) throws Exception {
    Path out = base.resolve("out");
    Path program = program(base.resolve(name));
    List<String> arguments = new ArrayList<>(HOSTILE);
    arguments.addAll(CONTROLS);
    List<String> argv = new ArrayList<>(List.of(program.toString()));
    argv.addAll(arguments);
    Map<String, String> variables = new TreeMap<>(Map.of("T_OUT", out.toString()));
    HOSTILE.stream()
        .filter(value -> value.length() < 1000)
        .forEach(value -> variables.put("T_" + variables.size(), value));

    UnitFile file = new UnitFile().section("Service").reset("ExecStart").exec("ExecStart", argv);
    variables.forEach(file::variable);
    try (RealUnits units = new RealUnits(systemd)) {
      units.write("hostile", file.text());
      assertThat(start(units, UNIT)).isEqualTo(JobResult.DONE);
      Await.until("the program's word", Await.LONG, () -> Files.exists(out));
      assertThat(strings(base.resolve("out.argv"))).isEqualTo(arguments);
      List<String> environment = strings(base.resolve("out.env"));
      variables.forEach((key, value) -> assertThat(environment).contains(key + "=" + value));
      Await.until("its end", Await.LONG, () -> units.control().status(UNIT).join().isDown());
    }
  }

  /** A program that writes down its arguments and variables, each ended by a NUL. */
  private static Path program(Path file) throws IOException {
    Files.writeString(
        file,
        """
        #!/bin/sh
        printf '%s\\0' "$@" > "$T_OUT.argv"
        env -0 > "$T_OUT.env"
        mv "$T_OUT.done" "$T_OUT"
        """);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(file.resolveSibling("out.done"), "");
    return file;
  }

  private static List<String> strings(Path file) throws IOException {
    List<String> all =
        new ArrayList<>(List.of(Files.readString(file, StandardCharsets.UTF_8).split("\0", -1)));
    all.removeLast();
    return all;
  }

  @Test
  void theTemplateAloneSaysWhatIsMissing() throws Exception {
    try (RealUnits units = new RealUnits(systemd)) {
      UnitName bare = UnitName.ofSlot("bare");
      assertThat(new TemplateUnit(systemd.unitDir()).isInstalled()).isTrue();
      start(units, bare);
      Await.value(
          "its failure",
          Await.LONG,
          () -> units.control().status(bare).join(),
          status -> status.hasFailed());
      assertThat(systemd.property(bare.value(), "ExecMainStatus")).isEqualTo("78");
      assertThat(systemd.property(bare.value(), "NRestarts")).isEqualTo("0");
      assertThat(systemd.run("systemd-analyze", "--user", "verify", bare.value()).err())
          .doesNotContain("hal0-slot");
    }
  }

  @Test
  void tellsSystemdHowItIsDoing() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = code(SdNotify.class) + ":" + code(NotifyingProgram.class);
    UnitFile file =
        new UnitFile()
            .section("Service")
            .set("Type", "notify")
            .set("TimeoutStartSec", "5min")
            .reset("ExecStart")
            .exec(
                "ExecStart",
                List.of(
                    java,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    classes,
                    NotifyingProgram.class.getName()));
    try (RealUnits units = new RealUnits(systemd)) {
      UnitName unit = UnitName.ofSlot("notifies");
      units.write("notifies", file.text());
      assertThat(start(units, unit)).as("without READY it would wait").isEqualTo(JobResult.DONE);
      assertThat(systemd.property(unit.value(), "StatusText")).isEqualTo("half way");
      units.control().stop(unit, Duration.ofMinutes(5)).get();
    }
  }

  private static Path code(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
