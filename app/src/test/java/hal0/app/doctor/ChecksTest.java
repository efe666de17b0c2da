package hal0.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.ServeSettings;
import hal0.app.gateway.GatewayLimits;
import hal0.slots.pull.Sources;
import hal0.slots.room.Budget;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecFile;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.slots.unit.ModelPaths;
import hal0.systemd.ActiveState;
import hal0.systemd.Scope;
import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each thing that can be wrong is found, and comes with what mends it. */
final class ChecksTest {
  private static final String EXEC =
      "provider = \"generic\"\nport = %d\n[run]\ncommand = [\"%s\"]\n";

  @TempDir private Path home;
  private final Map<String, SlotFile> files = new TreeMap<>();
  private final Map<String, UnitStatus> units = new TreeMap<>();
  private Scope scope = Scope.USER;
  private boolean daemon = true;
  private Path unitDir;

  @BeforeEach
  void directories() throws IOException {
    unitDir = Files.createDirectories(home.resolve("config/systemd/user"));
    Files.createDirectories(home.resolve("config/hal0/slots"));
    Files.createDirectories(home.resolve("state"));
    Files.createDirectories(home.resolve("bin"));
  }

  private Ground ground() {
    Map<String, String> env =
        Map.of(
            "HOME", home.toString(),
            "XDG_CONFIG_HOME", home.resolve("config").toString(),
            "PATH", home.resolve("bin").toString());
    var settings =
        new ServeSettings(
            scope,
            home.resolve("config/hal0"),
            home.resolve("state"),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            false,
            List.of(),
            List.of(),
            GatewayLimits.DEFAULT,
            Sources.standard(),
            Budget.UNLIMITED,
            env);
    return new Ground(settings, files, Optional.of(units), daemon);
  }

  private SlotSpec slot(String name, String text) {
    SlotFile file = SpecFile.parse(name, text);
    files.put(name, file);
    return file.spec().orElse(null);
  }

  private void running(String name) {
    UnitStatus none = UnitStatus.absent(UnitName.ofSlot(name));
    units.put(
        name,
        new UnitStatus(
            none.unit(),
            none.loadState(),
            ActiveState.ACTIVE,
            "running",
            4242,
            0,
            "success",
            "0".repeat(32),
            Optional.empty(),
            "",
            Optional.empty(),
            Duration.ZERO,
            "",
            false));
  }

  private static void found(List<Finding> findings, String level, String text, String mend) {
    assertThat(findings)
        .anySatisfy(
            finding -> {
              assertThat(finding.level()).hasToString(level);
              assertThat(finding.text()).contains(text);
              assertThat(finding.mend()).contains(mend);
            });
  }

  @Test
  void theTemplate() throws IOException {
    found(UnitChecks.look(ground()), "WRONG", "the template unit is missing", "hal0 install");
    var template = new TemplateUnit(unitDir);
    template.install();
    found(UnitChecks.look(ground()), "OK", "the template unit is installed", "");
    Files.writeString(template.file(), TemplateUnit.text() + "# and more\n");
    found(UnitChecks.look(ground()), "WRONG", "is not this hal0's", "hal0 install --force");
  }

  @Test
  void dropIns() throws Exception {
    Host host = Host.here(Scope.USER, ground().settings().environment());
    var dropIns = new DropInFiles(unitDir, () -> host, ModelPaths.ofSlotFiles());
    SlotSpec old = slot("old", EXEC.formatted(8101, "/bin/true"));
    found(
        UnitChecks.look(ground()),
        "WRONG",
        "the daemon has not written the drop-in of old",
        "hal0 slots status old");
    daemon = false;
    found(UnitChecks.look(ground()), "WRONG", "the drop-in of old is missing", "hal0 serve");
    dropIns.write(old, Optional.empty());
    assertThat(UnitChecks.look(ground())).noneMatch(one -> one.text().contains("drop-in"));

    slot("old", EXEC.formatted(8101, "/bin/false"));
    found(UnitChecks.look(ground()), "WRONG", "says what the slot file said before", "hal0 serve");
    running("old");
    found(UnitChecks.look(ground()), "NOTE", "old runs what its file said before", "restart old");

    files.clear();
    found(UnitChecks.look(ground()), "NOTE", "old runs without a slot file", "unload old");
    units.clear();
    found(
        UnitChecks.look(ground()),
        "WRONG",
        "a drop-in is left of old",
        "rm -r "
            + unitDir.resolve("hal0-slot@old.service.d")
            + " && systemctl --user daemon-reload");
  }

  @Test
  void linksOfTheBoot() throws IOException {
    slot("on", EXEC.formatted(8101, "/bin/true"));
    slot("off", "enabled = false\n" + EXEC.formatted(8102, "/bin/true"));
    found(
        UnitChecks.look(ground()),
        "WRONG",
        "on is enabled in its file, but systemd does not start it",
        "systemctl --user enable hal0-slot@on.service");
    Path wants = Files.createDirectories(unitDir.resolve("default.target.wants"));
    for (String name : List.of("on", "off", "gone")) {
      Files.createSymbolicLink(
          wants.resolve("hal0-slot@" + name + ".service"), unitDir.resolve("hal0-slot@.service"));
    }
    List<Finding> dangling = UnitChecks.look(ground());
    found(dangling, "WRONG", "a link to a unit that is gone: " + wants, "hal0 install");
    new TemplateUnit(unitDir).install();
    List<Finding> findings = UnitChecks.look(ground());
    assertThat(findings).noneMatch(one -> one.text().startsWith("on "));
    found(findings, "NOTE", "starts off at boot, though", "hal0 slots disable off");
    found(
        findings,
        "WRONG",
        "starts gone at boot, which has no slot file",
        "systemctl --user disable hal0-slot@gone.service");
  }

  @Test
  void wrongLinesOfTheConfiguration() throws IOException {
    found(ConfigChecks.look(ground()), "NOTE", "there are no slots yet", "NAME.toml");
    slot("good", EXEC.formatted(8101, "/bin/true"));
    found(ConfigChecks.look(ground()), "OK", "one slot file, no mistakes", "");
    Path models = home.resolve("config/hal0/models.toml");
    Files.writeString(models, "\n\n[models.\"m\"]\npaht = \"/m\"\n");
    slot("bad", "provider = \"generic\"\nport = 8102\nprot = 1\n");
    List<Finding> findings = ConfigChecks.look(ground());
    found(findings, "WRONG", "bad.toml: line 3, prot", "+3 " + ground().file("bad"));
    found(findings, "WRONG", "models.toml: line 4, ", "+4 " + models);
  }

  @Test
  void aPortThatIsTaken() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      slot("late", EXEC.formatted(taken.getLocalPort(), "/bin/true"));
      List<Finding> findings = SlotChecks.look(ground());
      String text = "the port " + taken.getLocalPort() + " of late is taken by ";
      found(findings, "WRONG", text, "or write another port (" + ground().file("late"));
      String self = "(pid " + ProcessHandle.current().pid();
      found(findings, "WRONG", self, "");
      found(Holders.ofApi(taken.getLocalPort()), "WRONG", self, "hal0.toml, listen");
      running("late");
      assertThat(SlotChecks.look(ground())).isEmpty();
    }
  }

  @Test
  void whatASlotNeedsAndHasNot() throws Exception {
    slot("tool", EXEC.formatted(1, "no-such-program"));
    slot("gone", EXEC.formatted(2, "/no/such/program"));
    String model = "[model]\ndefault = \"m\"\npath = \"" + home.resolve("m.gguf") + "\"\n";
    slot("empty", EXEC.formatted(3, "/bin/true") + model);
    slot("fetched", EXEC.formatted(4, "/bin/true") + model + "source = \"https://x.example/m\"\n");
    String image = "provider = \"generic\"\nport = %d\n[run]\nimage = \"example.org/i:1\"\n";
    slot("boxed", image.formatted(5));
    List<Finding> findings = SlotChecks.look(ground());
    found(findings, "WRONG", "the program of tool is not there: no-such-program", "[run]");
    found(findings, "WRONG", "the program of gone is not there", "install it");
    found(findings, "WRONG", "the model of empty is missing", "source, under [model]");
    found(findings, "WRONG", "podman, which runs boxed, is not there", "apt-get install podman");
    assertThat(findings).filteredOn(one -> !one.text().startsWith("the port")).hasSize(4);

    files.keySet().retainAll(List.of("boxed"));
    Path podman = Files.writeString(home.resolve("bin/podman"), "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(podman, PosixFilePermissions.fromString("rwxr-xr-x"));
    found(
        SlotChecks.look(ground()),
        "WRONG",
        "the image of boxed is missing: example.org/i:1",
        "podman pull example.org/i:1");
  }

  @Test
  void whoASlotRunsAs() throws Exception {
    scope = Scope.SYSTEM;
    slot("mine", EXEC.formatted(1, "/bin/true") + "user = \"no-such-user\"\n");
    slot("too", EXEC.formatted(2, "/bin/true") + "user = \"no-such-user\"\n");
    List<Finding> findings = SlotChecks.look(ground());
    found(findings, "WRONG", "no user no-such-user, whom mine runs as", "useradd --system");
    assertThat(findings).filteredOn(one -> one.text().contains("no user")).hasSize(1);
  }

  @Test
  void theTokenIsNobodyElses() throws Exception {
    Path token = Files.writeString(home.resolve("state/token"), "x");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    found(RightsChecks.look(ground()), "WRONG", "everybody may read", "chmod o= " + token);
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    assertThat(RightsChecks.look(ground())).noneMatch(one -> one.text().contains("token"));
    slot("gpu", EXEC.formatted(1, "/bin/true") + "devices = [\"/dev/no-such-device\"]\n");
    found(RightsChecks.look(ground()), "NOTE", "/dev/no-such-device of gpu is not there", "");
  }
}
