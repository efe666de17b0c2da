package hal0.tests.demo;

import hal0.tests.bed.Await;
import hal0.tests.bed.Ports;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.Ran;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows a slot's whole life: loaded, killed, recovered, unloaded, adopted. On the user's own
 * systemd where one runs, else on a private one.
 */
public final class Demo {
  private static final String SLOT = "demo-chat";
  private static final String UNIT = "hal0-slot@" + SLOT + ".service";
  private static final Pattern PID = Pattern.compile("\"main_pid\":\\s*([0-9]+)");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Map<String, String> environment = new HashMap<>();
  private final Path launcher;
  private final Path directory;
  private final int port = Ports.free();

  private Demo(Path launcher, Path directory, Map<String, String> systemd) {
    this.launcher = launcher;
    this.directory = directory;
    environment.putAll(systemd);
    environment.put("HAL0_SCOPE", "user");
    environment.put("HAL0_CONFIG_DIR", directory.resolve("config").toString());
    environment.put("HAL0_STATE_DIR", directory.resolve("state").toString());
    environment.put("HAL0_LISTEN", "127.0.0.1:" + port);
    environment.put("HAL0_URL", "http://127.0.0.1:" + port);
  }

  /**
   * Runs it: the launcher's path, then {@code --stay} to leave all running until it is interrupted.
   */
  public static void main(String[] arguments) throws Exception {
    Path launcher = Path.of(arguments[0]);
    boolean stay = List.of(arguments).contains("--stay");
    Path directory = Files.createTempDirectory("hal0-demo-");
    Optional<Map<String, String>> own = ownSystemd();
    if (own.isPresent()) {
      say("Using your user's systemd.");
      new Demo(launcher, directory, own.get()).run(stay);
      return;
    }
    say("No systemd runs for this user: starting a private one.");
    try (PrivateSystemd systemd = PrivateSystemd.start()) {
      new Demo(launcher, directory, systemd.environment()).run(stay);
    }
  }

  /** The variables that lead to the user's systemd, if that runs and has a bus. */
  private static Optional<Map<String, String>> ownSystemd() {
    String runtime = System.getenv().getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.isEmpty() || !Files.exists(Path.of(runtime, "bus"))) {
      return Optional.empty();
    }
    Map<String, String> same = Map.of("XDG_RUNTIME_DIR", runtime);
    String state =
        Ran.of(same, Duration.ofSeconds(5), List.of("systemctl", "--user", "is-system-running"))
            .out();
    boolean runs = state.contains("running") || state.contains("degraded");
    return runs ? Optional.of(same) : Optional.empty();
  }

  private void run(boolean stay) throws IOException, InterruptedException {
    writeSlot();
    command(0, "hal0", "install");
    say("\n$ hal0 serve   # its log: " + directory.resolve("daemon.log"));
    Process daemon = process("hal0", "serve").redirectErrorStream(true).start(directory);
    try {
      Await.until("the daemon is ready", LIMIT, () -> get("/readyz").contains("\"ready\""));
      story();
      say("\nThat was it. What to type next: README.md, \"Use it\".");
      if (stay) {
        say("Running until you press ^C. In another terminal:\n");
        environment.forEach((name, value) -> say("  export " + name + "='" + value + "'"));
        say("  " + launcher + " slots status --watch\n\nThe page: http://127.0.0.1:" + port + "/");
        daemon.waitFor();
      }
    } finally {
      process("hal0", "slots", "unload", SLOT).quietly();
      daemon.destroy();
      if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
      process("hal0", "uninstall").quietly();
    }
  }

  private void story() throws IOException, InterruptedException {
    say("\nA slot is loaded: its server refuses, then loads, then serves.");
    command(0, "hal0", "slots", "load", SLOT);
    command(0, "hal0", "slots", "status");

    String pid = pid();
    say("\nIts process is killed. systemd will restart it; hal0 says what is true meanwhile.");
    command(0, "kill", "-9", pid);
    await("error");
    command(0, "hal0", "slots", "status");
    await("warming");
    command(0, "hal0", "slots", "status");
    await("ready");
    command(0, "hal0", "slots", "status");

    say("\nIt is unloaded, and then started by somebody else: hal0 takes it as it is.");
    command(0, "hal0", "slots", "unload", SLOT);
    command(0, "systemctl", "--user", "start", UNIT);
    await("ready");
    command(0, "hal0", "slots", "status");
  }

  private void writeSlot() throws IOException {
    Path slots = Files.createDirectories(directory.resolve("config/slots"));
    String java = ProcessHandle.current().info().command().orElse("java");
    String classes =
        Path.of(
                URI.create(
                    Demo.class.getProtectionDomain().getCodeSource().getLocation().toString()))
            .toString();
    Files.writeString(
        slots.resolve(SLOT + ".toml"),
        """
        provider = "llama-server"
        port = %d
        [model]
        default = "stand-in"
        [run]
        command = ["%s", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", "%s",
                   "hal0.tests.bed.standin.StandIn", "--port", "{port}", "--model", "{model}",
                   "--refuse-ms", "500", "--load-ms", "1500"]
        """
            .formatted(Ports.free(), java, classes));
  }

  private void await(String state) {
    Await.until(
        SLOT + " is " + state,
        LIMIT,
        () ->
            get("/api/slots/" + SLOT + "/state")
                .replace(" ", "")
                .contains("\"state\":\"" + state + "\""));
  }

  private String pid() {
    Matcher pid = PID.matcher(get("/api/slots/" + SLOT));
    if (!pid.find()) {
      throw new IllegalStateException("the slot has no process");
    }
    return pid.group(1);
  }

  private String get(String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Shows a command and runs it; it must end with that code. */
  private void command(int code, String... words) throws IOException, InterruptedException {
    say("\n$ " + String.join(" ", words));
    int ended = process(words).shown();
    if (ended != code) {
      throw new IllegalStateException(String.join(" ", words) + " ended with " + ended);
    }
  }

  private Run process(String... words) {
    List<String> argv = new ArrayList<>(List.of(words));
    if (argv.getFirst().equals("hal0")) {
      argv.set(0, launcher.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().putAll(environment);
    return new Run(builder);
  }

  private record Run(ProcessBuilder builder) {
    Run redirectErrorStream(boolean merge) {
      builder.redirectErrorStream(merge);
      return this;
    }

    Process start(Path directory) throws IOException {
      return builder.redirectOutput(directory.resolve("daemon.log").toFile()).start();
    }

    int shown() throws IOException, InterruptedException {
      return builder.inheritIO().start().waitFor();
    }

    void quietly() throws IOException, InterruptedException {
      Process process =
          builder
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
