package hal0.tests.unit;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecFile;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.slots.unit.ModelPaths;
import hal0.systemd.Scope;
import hal0.tests.bed.Await;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a real systemd reads the drop-ins as they are meant. */
@RealSystemd
class DropInOnSystemdTest {
  private static final String UNIT = "hal0-slot@chat.service";

  private static PrivateSystemd systemd;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    systemd = PrivateSystemd.start();
    systemd.writeUnit("hal0-slot@.service", "[Service]\nType=exec\nExecStart=/bin/false\n");
  }

  @AfterAll
  static void stop() {
    systemd.close();
  }

  /**
   * Every character that means something to systemd, to a shell, or to the reader of a unit file.
   */
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "two words",
          " leading and trailing ",
          "\"",
          "'",
          "\"double\" and 'single'",
          "\\",
          "back\\slash\\",
          "\\n \\x41 \\u0041 \\s",
          "$HOME",
          "${HOME}",
          "$$",
          "a$b",
          "%",
          "%%",
          "%t%h%n%i",
          ";",
          "\\;",
          "#",
          "; # no comment",
          "[Service]",
          "new\nline",
          "\nExecStart=/bin/false\n",
          "tab\tab",
          "*?[a-z]~{a,b}",
          "`id` $(id) | & < >",
          "-",
          "--",
          "@+!:|",
          "{unknown} {{}} {",
          "ünï ☃ 𝄞 \u2028 \u0085",
          "=",
          "x".repeat(3000));

  @Test
  void whateverIsWrittenReachesTheProcess() throws Exception {
    Path said = directory.resolve("said");
    Path program =
        program(
            "a $HOME %n \"prog\" \\ 'ram'",
            "#!/bin/sh\n"
                + "{ for word; do printf '%s\\0' \"$word\"; done; } >\"$SAID.part\"\n"
                + "cat /proc/$$/environ >\"$SAID.env\"\n"
                + "mv \"$SAID.part\" \"$SAID\"\n"
                + "exec sleep 1000\n");
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(HOSTILE);
    command.add("bell \u0007 return \r escape \u001b delete \u007f");
    Map<String, String> env = new LinkedHashMap<>();
    env.put("SAID", said.toString());
    for (int i = 0; i < HOSTILE.size(); i++) {
      env.put("HOSTILE_" + i, HOSTILE.get(i));
    }
    start(Map.of("command", command, "env", env));
    Await.until("the program's words", Await.LONG, () -> Files.exists(said));
    assertThat(split(said)).isEqualTo(command.subList(1, command.size()));
    List<String> environment = split(said.resolveSibling("said.env"));
    env.forEach((key, value) -> assertThat(environment).contains(key + "=" + value));
    assertThat(systemd.systemctl("stop", UNIT).ok()).isTrue();
    assertThat(systemd.property(UNIT, "Result")).isEqualTo("success");
  }

  @Test
  void systemdTakesTheSettings() throws Exception {
    Path program = program("server", "#!/bin/sh\nexec sleep 1000\n");
    start(
        Map.of(
            "command", List.of(program.toString()),
            "restart", "always",
            "restart_sec", "250ms",
            "memory_max", "64M"));
    assertThat(systemd.property(UNIT, "LoadState")).isEqualTo("loaded");
    assertThat(systemd.property(UNIT, "Type")).isEqualTo("exec");
    assertThat(systemd.property(UNIT, "Restart")).isEqualTo("always");
    assertThat(systemd.property(UNIT, "RestartUSec")).isEqualTo("250ms");
    assertThat(systemd.property(UNIT, "MemoryMax")).isEqualTo(Long.toString(64L << 20));
    assertThat(systemd.property(UNIT, "KillMode")).isEqualTo("mixed");
    assertThat(systemd.property(UNIT, "TimeoutStopUSec")).isEqualTo("30s");
    assertThat(systemd.property(UNIT, "NoNewPrivileges")).isEqualTo("yes");
    assertThat(systemd.property(UNIT, "ActiveState")).isEqualTo("active");
    assertThat(systemd.systemctl("stop", UNIT).ok()).isTrue();
  }

  @Test
  void aProcessThatPassesTheSignalOnHasNotFailed() throws Exception {
    Path ready = directory.resolve("ready");
    Path program =
        program(
            "relay",
            "#!/bin/sh\ntrap 'kill $!; exit 143' TERM\nsleep 1000 &\ntouch '"
                + ready
                + "'\nwait\n");
    start(Map.of("command", List.of(program.toString())));
    Await.until("its trap", Await.LONG, () -> Files.exists(ready));
    assertThat(systemd.systemctl("stop", UNIT).ok()).isTrue();
    assertThat(systemd.property(UNIT, "ActiveState")).isEqualTo("inactive");
  }

  private void start(Map<String, Object> run) throws Exception {
    Map<String, Object> json = Map.of("provider", "generic", "port", 8101, "run", run);
    SlotSpec spec =
        SpecFile.ofJson("chat", json)
            .spec()
            .orElseThrow(() -> new AssertionError(SpecFile.ofJson("chat", json)));
    DropInFiles files =
        new DropInFiles(
            systemd.unitDir(),
            () -> Host.here(Scope.USER, systemd.environment()),
            ModelPaths.ofSlotFiles());
    files.write(spec, Optional.empty());
    systemd.systemctl("daemon-reload").orThrow();
    systemd.systemctl("start", UNIT).orThrow();
  }

  private Path program(String name, String script) throws IOException {
    Path program = Files.writeString(directory.resolve(name), script);
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private static List<String> split(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return Arrays.asList(text.substring(0, text.length() - 1).split("\0", -1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
