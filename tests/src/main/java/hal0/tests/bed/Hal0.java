package hal0.tests.bed;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The built distribution as a user has it: {@code hal0 install} done, {@code hal0 serve} running in
 * the user scope of a {@link PrivateSystemd}, with directories and a port of its own. When a test
 * fails, what the daemon wrote and the slots' states are printed. Safe for use by many threads, but
 * for what starts and ends the daemon.
 */
public final class Hal0 implements AutoCloseable {
  private static final Duration COMMAND = Duration.ofMinutes(3);
  private static final int TAIL = 60;
  private static final Set<Hal0> LIVING = ConcurrentHashMap.newKeySet();

  private final PrivateSystemd systemd;
  private final Path home;
  private final int port = Ports.free();
  private final Map<String, String> environment = new HashMap<>();
  private List<String> wrapper = List.of();
  private Process daemon;

  private Hal0(PrivateSystemd systemd) throws IOException {
    this.systemd = systemd;
    home = Files.createTempDirectory(systemd.home(), "hal0-");
    Files.createDirectories(configDir().resolve("slots"));
    environment.putAll(systemd.environment());
    environment.put("HAL0_SCOPE", "user");
    environment.put("HAL0_CONFIG_DIR", configDir().toString());
    environment.put("HAL0_STATE_DIR", stateDir().toString());
    environment.put("HAL0_LISTEN", "127.0.0.1:" + port);
    environment.put("HAL0_URL", "http://127.0.0.1:" + port);
    environment.put("HAL0_TOKEN", "");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
  }

  /**
   * One whose daemon does not run yet and whose units are not installed: for tests of just that.
   */
  public static Hal0 prepare(PrivateSystemd systemd) {
    try {
      Hal0 hal0 = new Hal0(systemd);
      LIVING.add(hal0);
      return hal0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Installs and starts one; returns when {@code /readyz} says 200. */
  public static Hal0 start(PrivateSystemd systemd) {
    Hal0 fresh = prepare(systemd);
    fresh.cli("install").orThrow();
    fresh.startDaemon();
    return fresh;
  }

  /** The launcher of the distribution under test. */
  public static Path launcher() {
    String dist = System.getProperty("hal0.dist");
    Path directory = dist != null ? Path.of(dist) : Path.of("app/target/hal0");
    Path launcher = directory.toAbsolutePath().normalize().resolve("bin/hal0");
    if (!Files.isExecutable(launcher)) {
      throw new IllegalStateException(
          "no distribution at " + launcher + ": mvn -DskipTests package");
    }
    return launcher;
  }

  /**
   * Sets a variable for the daemon and the commands that are started from now on; an empty value
   * takes it away.
   */
  public Hal0 env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** The daemon is started by this command from now on, which must become it in the end. */
  public Hal0 wrappedBy(String... argv) {
    wrapper = List.of(argv);
    return this;
  }

  /** Starts the daemon and waits until it is ready. */
  public void startDaemon() {
    launch();
    Await.until("hal0 is ready", Await.LONG, () -> !daemon.isAlive() || isReady());
    if (!daemon.isAlive()) {
      throw new IllegalStateException("hal0 serve ended with " + daemon.exitValue() + "\n" + log());
    }
  }

  /** Starts the daemon and waits for nothing. */
  public Process launch() {
    List<String> argv = new ArrayList<>(wrapper);
    argv.addAll(List.of(launcher().toString(), "serve"));
    ProcessBuilder builder = new ProcessBuilder(systemd.inside(argv));
    Ran.environment(builder, environment);
    try {
      daemon =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
              .start();
      return daemon;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady() {
    try {
      return get("/readyz").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Ends the daemon with SIGTERM and returns how long that took. */
  public Duration term() {
    long start = System.nanoTime();
    daemon.destroy();
    awaitEnd();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Kills the daemon with SIGKILL. */
  public void kill9() {
    daemon.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!daemon.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("hal0 serve does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The daemon's process. */
  public Process daemon() {
    return daemon;
  }

  /** The systemd it works with. */
  public PrivateSystemd systemd() {
    return systemd;
  }

  /** {@code HAL0_CONFIG_DIR}. */
  public Path configDir() {
    return home.resolve("config");
  }

  /** {@code HAL0_STATE_DIR}. */
  public Path stateDir() {
    return home.resolve("state");
  }

  /** Where the API listens. */
  public int port() {
    return port;
  }

  /** A slot's record. */
  public Path record(String slot) {
    return stateDir().resolve("slots").resolve(slot).resolve("state.json");
  }

  /** A slot's drop-in. */
  public Path dropIn(String slot) {
    return systemd.unitDir().resolve(unit(slot) + ".d/50-hal0.conf");
  }

  /** The name of a slot's unit. */
  public static String unit(String slot) {
    return "hal0-slot@" + slot + ".service";
  }

  /** Writes a slot's file whole, as an editor would. */
  public void writeSlot(String name, String toml) {
    write(configDir().resolve("slots").resolve(name + ".toml"), toml);
  }

  /** Writes a slot's file; a command may follow at once. */
  public void writeSlot(String name, SlotText slot) {
    writeSlot(name, slot.text());
  }

  /** Writes a slot's file and waits until the daemon has read it. */
  public void addSlot(String name, SlotText slot) {
    writeSlot(name, slot.text());
    await(name, "listed and usable", view -> view.path("config_error").isNull());
  }

  /** Takes a slot's file away. */
  public void removeSlotFile(String name) {
    try {
      Files.delete(configDir().resolve("slots").resolve(name + ".toml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Path whole = Files.writeString(file.resolveSibling("." + file.getFileName() + ".new"), text);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command of hal0's, for at most three minutes. */
  public Ran cli(String... arguments) {
    List<String> argv = new ArrayList<>(List.of(launcher().toString()));
    argv.addAll(List.of(arguments));
    return Ran.of(environment, COMMAND, argv);
  }

  /** Asks the API. */
  public Answer get(String path) {
    return send("GET", path, null);
  }

  /** Sends JSON to the API, without a token. */
  public Answer post(String path, String body) {
    return send("POST", path, body);
  }

  /** Sends anything to the API. */
  public Answer send(String method, String path, String body, String... headers) {
    return Http.send(method, uri(path), body, headers);
  }

  /** Sends JSON with the daemon's token, as the owner of the state directory may. */
  public Answer asOwner(String method, String path, String body) {
    return send(method, path, body, "Authorization", "Bearer " + token());
  }

  /** What is in the token file. */
  public String token() {
    try {
      return Files.readString(stateDir().resolve("token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A verb of a slot, with an empty body, and the slot it answers with. */
  public JsonNode verb(String slot, String verb) {
    return post("/api/slots/" + slot + "/" + verb, "{}").with(200);
  }

  /** The same without waiting for its end. */
  public void verbNoWait(String slot, String verb) {
    post("/api/slots/" + slot + "/" + verb + "?wait=0", "{}").with(202);
  }

  /** A slot as the API shows it now. */
  public JsonNode slot(String name) {
    return get("/api/slots/" + name).with(200);
  }

  /** Waits until a slot is there and as wanted, and returns it. */
  public JsonNode await(String slot, String what, Predicate<JsonNode> wanted) {
    return Await.value(
            slot + ": " + what,
            Await.LONG,
            () -> get("/api/slots/" + slot),
            answer -> answer.status() == 200 && wanted.test(answer.json()))
        .json();
  }

  /** Waits until a slot is in a state. */
  public JsonNode awaitState(String slot, String state) {
    return await(slot, "is " + state, view -> view.path("state").asText().equals(state));
  }

  /** Reads events from a path of the API. */
  public Events events(String path, String... headers) {
    return Events.open(uri(path), headers);
  }

  /** A path of the API as a whole address. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Everything that the daemon has written. */
  public String log() {
    try {
      return Files.readString(home.resolve("log"));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /** For a failed test: the last of every living daemon's log, and its slots. */
  static String report() {
    StringBuilder text = new StringBuilder();
    for (Hal0 hal0 : LIVING) {
      List<String> lines = hal0.log().lines().toList();
      text.append("--- hal0 on port " + hal0.port + ", the last of its log:\n");
      lines
          .subList(Math.max(0, lines.size() - TAIL), lines.size())
          .forEach(line -> text.append(line).append('\n'));
      try {
        text.append("--- its slots:\n");
        hal0.get("/api/slots").json().forEach(slot -> text.append(slot).append('\n'));
      } catch (UncheckedIOException | AssertionError e) {
        text.append(e.getMessage()).append('\n');
      }
    }
    return text.toString();
  }

  /** Ends the daemon. Its slots end with the systemd. */
  @Override
  public void close() {
    LIVING.remove(this);
    if (daemon != null) {
      daemon.destroyForcibly();
    }
  }
}
