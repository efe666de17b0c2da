package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Answer;
import hal0.tests.bed.Await;
import hal0.tests.bed.BootedSystemd;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.Http;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import hal0.tests.bed.standin.StandIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The system scope over several boots of a machine: with the daemon, before it and without it. */
final class BootTest {
  private static final String UNITS = "/etc/systemd/system";
  private static final String CLASSES = "/opt/standin";

  private static final int PORT = Ports.free();
  private static final SlotText ALPHA = SlotText.llama();
  private static final SlotText BETA = SlotText.llama().set("run", "user", "\"root\"");
  private static BootedSystemd machine;

  @BeforeAll
  static void boot() throws IOException {
    Optional<String> whyNot = BootedSystemd.whyNot();
    whyNot.ifPresent(reason -> System.out.println("[booted systemd] SKIPPED BootTest: " + reason));
    Assumptions.assumeTrue(whyNot.isEmpty(), () -> "no booted systemd: " + whyNot.orElse(""));
    Path classes = Path.of(StandIn.command().get(StandIn.command().indexOf("-cp") + 1));
    Path distribution = Hal0.launcher().getParent().getParent();
    machine = BootedSystemd.start(classes, distribution, Path.of(System.getProperty("java.home")));
    // Slots run as the user hal0, who need not be able to enter where the tests are.
    machine.run("cp", "-r", classes.toRealPath().toString(), CLASSES).orThrow();
    machine.run("chmod", "-R", "a+rX", CLASSES).orThrow();
  }

  @AfterAll
  static void off() {
    if (machine != null) {
      machine.close();
    }
  }

  @Test
  void slotsComeUpWithTheDaemonBeforeItAndWithoutIt() {
    install();
    define();
    logs();
    daemonFirst();
    slotsFirst();
    withoutTheDaemon();
    uninstall();
  }

  private static void install() {
    assertThat(hal0("install", "--service").orThrow()).contains("enabled hal0.service");
    assertThat(hal0("install", "--service").orThrow())
        .contains("unchanged: " + UNITS + "/hal0-slot@.service")
        .contains("unchanged: " + UNITS + "/hal0.service");
    assertThat(machine.property("hal0.service", "Type")).isEqualTo("notify");
    machine.systemctl("start", "hal0").orThrow();
    awaitReady();
    awaitStatus("no slots");
  }

  /** Three files that systemd is to start, one that it isn't, and one that cannot be read. */
  private static void define() {
    write("alpha", ALPHA);
    write("beta", BETA);
    write("broken", SlotText.llama().command("/bin/sh", "-c", "echo the cause; exit 3"));
    write("spare", SlotText.llama().set("", "enabled", "false"));
    write("wrong", SlotText.llama().set("probe", "grase", "\"1s\""));
    for (String slot : List.of("alpha", "beta", "broken")) {
      Await.until(slot + " is enabled", Await.LONG, () -> isEnabled(slot));
    }
    assertThat(isEnabled("spare")).isFalse();
    // As somebody may have done who then spoilt the file.
    machine.systemctl("enable", Hal0.unit("wrong")).orThrow();
    assertThat(machine.property(Hal0.unit("alpha"), "ActiveState")).isEqualTo("inactive");
  }

  private static void logs() {
    Process follow = follow("broken");
    try (Events stream = Events.open(uri("/api/slots/broken/logs/stream"))) {
      JsonNode error = post("/api/slots/broken/load").error(500, "slot.spawn_failed");
      assertThat(error.at("/details/exit_status").asInt()).isEqualTo(3);
      assertThat(error.at("/details/log_tail").toString()).contains("the cause");
      stream.await("the line", event -> event.text().contains("the cause"));
      awaitLine(follow, "the cause");
    } finally {
      follow.destroy();
    }
    assertThat(hal0("slots", "logs", "broken", "-n", "50").orThrow()).contains("the cause");
    assertThat(get("/api/slots/broken/logs").with(200).path("logs").asText()).contains("the cause");
  }

  private static void daemonFirst() {
    order(Hal0.unit(""), "hal0.service");
    machine.reboot();
    awaitBoot();
    assertThat(moment("hal0.service", "ActiveEnterTimestampMonotonic"))
        .isLessThan(moment(Hal0.unit("alpha"), "ExecMainStartTimestampMonotonic"));
    awaitStatus("2 error", "1 offline", "2 ready");
    assertThat(machine.run("ps", "-o", "user=", "-p", pid("alpha")).orThrow()).isEqualTo("hal0");
    order(Hal0.unit(""), "");
  }

  private static void slotsFirst() {
    order("hal0.service", Hal0.unit("alpha") + " " + Hal0.unit("beta"));
    machine.crash();
    awaitBoot();
    assertThat(moment("hal0.service", "ExecMainStartTimestampMonotonic"))
        .isGreaterThan(moment(Hal0.unit("alpha"), "ExecMainStartTimestampMonotonic"));
    order("hal0.service", "");
  }

  private static void withoutTheDaemon() {
    machine.systemctl("disable", "hal0").orThrow();
    machine.reboot();
    ALPHA.upstream().awaitListening();
    BETA.upstream().awaitListening();
    assertThat(machine.property("hal0.service", "ActiveState")).isEqualTo("inactive");
    List<String> before = List.of(pid("alpha"), pid("beta"));
    machine.systemctl("start", "hal0").orThrow();
    for (String slot : List.of("alpha", "beta")) {
      JsonNode view = await(slot, one -> one.path("state").asText().equals("ready"));
      assertThat(view.path("reason").asText()).isEqualTo("adopted");
    }
    assertThat(List.of(pid("alpha"), pid("beta"))).isEqualTo(before).doesNotContain("0");
  }

  private static void uninstall() {
    assertThat(hal0("uninstall", "--now").orThrow()).contains("stopped hal0.service", "taken back");
    assertThat(machine.run("find", UNITS, "-name", "*hal0*").orThrow()).isEmpty();
    assertThat(machine.systemctl("list-units", "--state=active", "--plain", "hal0*").orThrow())
        .doesNotContain(".service");
    assertThat(machine.run("ls", "/etc/hal0/slots").orThrow()).contains("alpha.toml");
    assertThat(hal0("uninstall").orThrow()).contains("nothing of hal0's was there");
  }

  /** What has to be true after every boot. */
  private static void awaitBoot() {
    Await.until(
        "the boot is over",
        Await.LONG,
        () -> machine.systemctl("is-active", "multi-user.target").out().strip().equals("active"));
    awaitReady();
    for (String slot : List.of("alpha", "beta")) {
      JsonNode view = await(slot, one -> one.path("state").asText().equals("ready"));
      assertThat(view.path("routable").asBoolean()).isTrue();
    }
    await("broken", one -> one.path("state").asText().equals("error"));
    await("wrong", one -> one.path("config_error").asText().contains("probe.grase: unknown key"));
    assertThat(machine.property(Hal0.unit("spare"), "ActiveState")).isEqualTo("inactive");
  }

  private static void awaitReady() {
    Await.until("hal0 is ready", Await.LONG, () -> asked("/readyz") == 200);
  }

  private static int asked(String path) {
    try {
      return get(path).status();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  private static JsonNode await(String slot, Predicate<JsonNode> wanted) {
    return Await.value(
            slot,
            Await.LONG,
            () -> get("/api/slots/" + slot),
            answer -> answer.status() == 200 && wanted.test(answer.json()))
        .json();
  }

  private static void awaitStatus(String... counts) {
    Await.value(
        "STATUS=" + String.join(", ", counts),
        Await.LONG,
        () -> machine.property("hal0.service", "StatusText"),
        text -> List.of(counts).stream().allMatch(text::contains));
  }

  private static void write(String slot, SlotText text) {
    String own = StandIn.command().get(StandIn.command().indexOf("-cp") + 1);
    String toml = text.text().replace(own, CLASSES);
    String file = "/etc/hal0/slots/" + slot + ".toml";
    machine.run("sh", "-c", "printf %s \"$1\" >\"$0\"", file, toml).orThrow();
  }

  /** Lets a unit be started after others from the next boot on; after none where they are "". */
  private static void order(String unit, String after) {
    String directory = UNITS + "/" + unit + ".d";
    String script =
        after.isEmpty()
            ? "rm -r \"$0\""
            : "mkdir \"$0\" && printf '[Unit]\\nAfter=%s\\n' \"$1\" >\"$0/order.conf\"";
    machine.run("sh", "-c", script, directory, after).orThrow();
  }

  private static boolean isEnabled(String slot) {
    return machine.systemctl("is-enabled", Hal0.unit(slot)).out().strip().equals("enabled");
  }

  private static String pid(String slot) {
    return machine.property(Hal0.unit(slot), "MainPID");
  }

  private static long moment(String unit, String property) {
    return Long.parseLong(machine.property(unit, property));
  }

  private static Ran hal0(String... arguments) {
    return machine.run(command(arguments).toArray(String[]::new));
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of("env"));
    command.add("JAVA_HOME=" + System.getProperty("java.home"));
    command.add("HAL0_LISTEN=127.0.0.1:" + PORT);
    command.add("HAL0_URL=http://127.0.0.1:" + PORT);
    command.add(Hal0.launcher().toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static Process follow(String slot) {
    try {
      return new ProcessBuilder(machine.command(command("slots", "logs", slot, "-f")))
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what comes until the line is there; never blocks. */
  private static void awaitLine(Process process, String wanted) {
    StringBuilder seen = new StringBuilder();
    InputStream out = process.getInputStream();
    Await.until(
        "a line with: " + wanted,
        Await.LONG,
        () -> {
          try {
            seen.append(new String(out.readNBytes(out.available()), StandardCharsets.UTF_8));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return seen.indexOf(wanted) >= 0;
        });
  }

  private static Answer get(String path) {
    return Http.send("GET", uri(path), null);
  }

  private static Answer post(String path) {
    return Http.send("POST", uri(path), "{}");
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + PORT + path);
  }
}
