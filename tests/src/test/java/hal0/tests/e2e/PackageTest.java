package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.Await;
import hal0.tests.bed.BootedSystemd;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import hal0.tests.bed.standin.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The Debian package's life on a booted machine: what is promised of slots holds through an
 * upgrade, the daemon's deaths, a reboot and a removal, and a purge leaves nothing.
 */
@Tag("full")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class PackageTest {
  private static final String CLASSES = "/opt/standin";
  private static final String NEWER = "99.0";
  private static final String DAEMON = "hal0.service";
  private static final List<String> SLOTS = List.of("alpha", "beta");

  /** Longer than the watchdog's time, the abort's and a start's on a busy machine together. */
  private static final Duration DEATH = Duration.ofMinutes(4);

  private static final Pattern EXPOSURE = Pattern.compile("exposure level for \\S+: ([0-9.]+)");

  private static BootedSystemd machine;
  private static Path deb;

  @BeforeAll
  static void boot() throws IOException {
    Path target = Hal0.launcher().getParent().getParent().getParent();
    deb = deb(target).orElse(null);
    Optional<String> whyNot = BootedSystemd.whyNot();
    if (whyNot.isEmpty() && !Files.isExecutable(Path.of("/usr/bin/dpkg-deb"))) {
      whyNot = Optional.of("no dpkg: this is no Debian");
    }
    if (whyNot.isEmpty() && deb == null) {
      whyNot = Optional.of("no package in " + target + ": mvn -Pfull makes one");
    }
    whyNot.ifPresent(
        reason -> System.out.println("[booted systemd] SKIPPED PackageTest: " + reason));
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot.orElse(""));
    Path classes = Path.of(StandIn.command().get(StandIn.command().indexOf("-cp") + 1));
    machine = BootedSystemd.start(classes, Path.of(System.getProperty("java.home")), target);
    machine.run("cp", "-r", classes.toRealPath().toString(), CLASSES).orThrow();
    machine.run("chmod", "-R", "a+rX", CLASSES).orThrow();
  }

  private static Optional<Path> deb(Path target) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("hal0_.*\\.deb"))
          .map(Path::toAbsolutePath)
          .findFirst();
    }
  }

  @AfterAll
  static void off() {
    if (machine != null) {
      machine.close();
    }
  }

  @Test
  void slotsOutliveEverythingButAPurge() {
    install();
    rights();
    slots();
    machine.reboot();
    List<String> pids = live();
    upgrade();
    assertThat(live()).as("the slots' processes after an upgrade").isEqualTo(pids);
    killed();
    assertThat(live()).as("after kill -9 of the daemon").isEqualTo(pids);
    hung();
    assertThat(live()).as("after the watchdog").isEqualTo(pids);
    operators();
    machine.reboot();
    pids = live();
    remove();
    assertThat(pids()).as("after a removal").isEqualTo(pids);
    dpkg("--install", newer()).orThrow();
    assertThat(live()).as("installed again").isEqualTo(pids);
    purge();
  }

  /** The port is an administrator's choice: the usual one may be in use on this machine. */
  private static void install() {
    dropIn("Environment=HAL0_LISTEN=127.0.0.1:" + Ports.free());
    assertThat(machine.run("sh", "-c", "ls /etc/hal0").ok()).isFalse();
    dpkg("--install", deb.toString()).orThrow();
    awaitDaemon("0");
    assertThat(machine.systemctl("is-enabled", DAEMON).orThrow()).isEqualTo("enabled");
    assertThat(machine.run("readlink", "/proc/" + daemon() + "/exe").orThrow())
        .isEqualTo("/usr/lib/hal0/runtime/bin/java");
    Ran security = machine.run("systemd-analyze", "--no-pager", "security", DAEMON);
    Matcher exposure = EXPOSURE.matcher(security.out());
    assertThat(exposure.find()).as(security.toString()).isTrue();
    assertThat(Double.parseDouble(exposure.group(1))).isLessThanOrEqualTo(4.0);
    assertThat(hal0("doctor").orThrow()).contains("Nothing is wrong");
    assertThat(hal0("install", "--service").orThrow()).contains("the package's: ");
    assertThat(machine.run("man", "--where", "hal0-slots-load").ok()).isTrue();
    shell("echo '# the administrator was here' >>/etc/hal0/hal0.toml");
  }

  /** The socket lets people of the group in, nobody else, and not what slots run as. */
  private static void rights() {
    machine.run("useradd", "--groups", "hal0", "alice").orThrow();
    machine.run("useradd", "eve").orThrow();
    assertThat(machine.run("stat", "-c", "%a %U %G", "/run/hal0/api.sock").orThrow())
        .isEqualTo("660 root hal0");
    Ran status = as("alice", "hal0", "slots", "status", "--json");
    assertThat(status.orThrow()).isEqualTo("[]");
    assertThat(as("eve", "test", "-w", "/run/hal0/api.sock").ok()).isFalse();
    assertThat(as("eve", "hal0", "status", "--url", url()).ok()).isTrue();
  }

  private static void slots() {
    for (String slot : SLOTS) {
      write(slot, SlotText.llama().set("", "enabled", "false"));
      Await.until(slot + " is known", Await.LONG, () -> hal0("slots", "status", slot).ok());
      // What decides about boots takes the token, or a name.
      Ran refused = as("eve", "hal0", "slots", "enable", slot, "--url", url());
      assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
      as("alice", "hal0", "slots", "enable", slot).orThrow();
      assertThat(machine.systemctl("is-enabled", Hal0.unit(slot)).orThrow()).isEqualTo("enabled");
    }
    as("alice", "hal0", "slots", "load", "alpha").orThrow();
    String log = machine.run("journalctl", "--no-pager", "-u", DAEMON).orThrow();
    assertThat(log).contains("POST /api/slots/alpha/load by alice");
    String inside = "nsenter --target " + pid("alpha") + " --mount runuser -u hal0 -- ";
    assertThat(shell(inside + "test -r /usr/bin/hal0").ok()).isTrue();
    assertThat(shell(inside + "test -r /var/lib/hal0/token").ok()).isFalse();
    assertThat(shell(inside + "test -w /run/hal0/api.sock").ok()).isFalse();
  }

  private static void upgrade() {
    String before = daemon();
    dpkg("--install", newer()).orThrow();
    awaitDaemon(before);
    assertThat(machine.run("dpkg-query", "-W", "-f", "${Version}", "hal0").orThrow())
        .isEqualTo(NEWER);
    assertThat(machine.run("cat", "/etc/hal0/hal0.toml").orThrow())
        .contains("the administrator was here");
    assertThat(machine.property(Hal0.unit("alpha"), "NeedDaemonReload")).isEqualTo("no");
  }

  /** The same contents in a package of a higher version. */
  private static String newer() {
    String file = "/opt/hal0_" + NEWER + ".deb";
    shell(
            "[ -e "
                + file
                + " ] || { dpkg-deb -R '"
                + deb
                + "' /opt/newer && sed -i 's/^Version: .*/Version: "
                + NEWER
                + "/' /opt/newer/DEBIAN/control && dpkg-deb -Znone --build /opt/newer "
                + file
                + "; }")
        .orThrow();
    return file;
  }

  private static void killed() {
    String before = daemon();
    machine.run("kill", "-9", before).orThrow();
    awaitDaemon(before);
  }

  /** A daemon that still exists, but whose loops do nothing. */
  private static void hung() {
    dropIn("WatchdogSec=15s\nTimeoutAbortSec=2s");
    String before = daemon();
    machine.systemctl("restart", DAEMON).orThrow();
    awaitDaemon(before);
    String hung = daemon();
    machine.run("kill", "-STOP", hung).orThrow();
    awaitDaemon(hung);
    assertThat(machine.property(DAEMON, "NRestarts")).isNotEqualTo("0");
    shell("rm /etc/systemd/system/hal0.service.d/watchdog.conf");
    machine.systemctl("daemon-reload").orThrow();
  }

  /** People of the group may use systemctl on slots, and on nothing else. */
  private static void operators() {
    if (!machine.run("test", "-x", "/usr/lib/polkit-1/polkitd").ok()) {
      System.out.println("[booted systemd] SKIPPED in PackageTest: polkit's rule, needs polkitd");
      return;
    }
    String before = pid("beta");
    as("alice", "systemctl", "--no-ask-password", "restart", Hal0.unit("beta")).orThrow();
    String restarted = pid("beta");
    assertThat(restarted).isNotEqualTo(before).isNotEqualTo("0");
    for (String[] refused :
        new String[][] {
          {"alice", "systemctl", "--no-ask-password", "restart", DAEMON},
          {"alice", "systemctl", "--no-ask-password", "kill", Hal0.unit("beta")},
          {"alice", "systemctl", "--no-ask-password", "disable", Hal0.unit("beta")},
          {"eve", "systemctl", "--no-ask-password", "restart", Hal0.unit("beta")},
          {"hal0", "systemctl", "--no-ask-password", "restart", Hal0.unit("beta")}
        }) {
      Ran ran = machine.run(command(refused));
      assertThat(ran.ok()).as(ran.toString()).isFalse();
    }
    assertThat(pid("beta")).isEqualTo(restarted);
  }

  private static void remove() {
    Ran removed = dpkg("--remove", "hal0");
    assertThat(removed.orThrow()).contains("hal0-slot@alpha.service goes on running");
    assertThat(machine.property(DAEMON, "ActiveState")).isEqualTo("inactive");
    assertThat(machine.run("ls", "/etc/hal0", "/etc/hal0/slots").orThrow())
        .contains("hal0.toml", "alpha.toml", "beta.toml");
    assertThat(machine.run("ls", "/usr/lib/hal0").ok()).isFalse();
  }

  private static void purge() {
    shell("rm -r /etc/systemd/system/hal0.service.d");
    dpkg("--purge", "hal0").orThrow();
    assertThat(machine.systemctl("list-units", "--state=active", "--plain", "hal0*").orThrow())
        .doesNotContain(".service");
    String left = "find /etc /run /usr /var/lib -name '*hal0*'";
    assertThat(machine.run("sh", "-c", left + " -not -path '/run/systemd/*'").out().lines())
        .filteredOn(line -> !line.contains("/dpkg/") && !line.startsWith("/var/lib/systemd"))
        .isEmpty();
  }

  private static void awaitDaemon(String notPid) {
    Await.until(
        "a daemon that is ready, and not process " + notPid,
        DEATH,
        () ->
            !daemon().equals(notPid)
                && machine.property(DAEMON, "ActiveState").equals("active")
                && hal0("slots", "status").ok());
  }

  /** The slots' processes, once both are ready for the daemon. */
  private static List<String> live() {
    for (String slot : SLOTS) {
      Await.value(
          slot + " is ready",
          DEATH,
          () -> hal0("slots", "status", slot, "--json").out(),
          view -> view.contains("\"state\":\"ready\""));
    }
    return pids();
  }

  private static List<String> pids() {
    List<String> pids = SLOTS.stream().map(PackageTest::pid).toList();
    assertThat(pids).doesNotContain("0");
    return pids;
  }

  private static String pid(String slot) {
    return machine.property(Hal0.unit(slot), "MainPID");
  }

  private static String daemon() {
    return machine.property(DAEMON, "MainPID");
  }

  private static String url() {
    String environment = machine.property(DAEMON, "Environment");
    return "http://" + environment.substring(environment.indexOf('=') + 1);
  }

  /** Without an address: the socket is found. */
  private static Ran hal0(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("hal0"));
    argv.addAll(List.of(arguments));
    return machine.run(argv.toArray(String[]::new));
  }

  private static Ran as(String user, String... argv) {
    List<String> words = new ArrayList<>(List.of(user));
    words.addAll(List.of(argv));
    return machine.run(command(words.toArray(String[]::new)));
  }

  /** The command for a user: the first word says whom. */
  private static String[] command(String... words) {
    List<String> argv = new ArrayList<>(List.of("runuser", "-u", words[0], "--"));
    argv.addAll(List.of(words).subList(1, words.length));
    return argv.toArray(String[]::new);
  }

  private static Ran shell(String script) {
    return machine.run("sh", "-c", script);
  }

  private static Ran dpkg(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive", "dpkg"));
    argv.addAll(List.of(arguments));
    return machine.run(argv.toArray(String[]::new));
  }

  private static void dropIn(String lines) {
    String name = lines.startsWith("Watchdog") ? "watchdog" : "listen";
    String file = "/etc/systemd/system/hal0.service.d/" + name + ".conf";
    machine
        .run(
            "sh",
            "-c",
            "mkdir -p \"${0%/*}\" && printf '[Service]\\n%s\\n' \"$1\" >\"$0\"",
            file,
            lines)
        .orThrow();
    machine.systemctl("daemon-reload").orThrow();
  }

  private static void write(String slot, SlotText text) {
    String own = StandIn.command().get(StandIn.command().indexOf("-cp") + 1);
    String toml = text.text().replace(own, CLASSES);
    String file = "/etc/hal0/slots/" + slot + ".toml";
    machine.run("sh", "-c", "printf %s \"$1\" >\"$0\"", file, toml).orThrow();
  }
}
