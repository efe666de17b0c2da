package hal0.tests.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real {@code systemd --user} of its own, with its own bus, home and runtime directory. Works
 * without a booted systemd (as root) and on a booted one (as anybody with a user manager); several
 * run side by side. Everything in it ends with {@link #close()}, and with this process however that
 * ends. Safe for use by many threads, but for {@link #killBus()} and {@link #startBus()}.
 */
public final class PrivateSystemd implements AutoCloseable {
  private static final Duration COMMAND = Duration.ofSeconds(60);
  private static final BedScript SCRIPT = new BedScript("private-systemd.sh");
  private static final Map<String, String> UNITS =
      Map.of(
          "basic.target",
          """
          [Unit]
          Description=Private basis
          Wants=dbus.socket dbus.service
          """,
          "default.target",
          """
          [Unit]
          Description=Private default
          Requires=basic.target
          After=basic.target
          AllowIsolate=yes
          """,
          "dbus.socket",
          """
          [Unit]
          Description=Private bus
          [Socket]
          ListenStream=%t/bus
          """,
          // Not bound to its socket, so that the bus can be killed and kept away (killBus).
          "dbus.service",
          """
          [Unit]
          Description=Private bus
          After=dbus.socket
          StartLimitIntervalSec=0
          [Service]
          Type=notify
          ExecStart=dbus-daemon --config-file=%h/bus.conf --address=systemd: --nofork --nopidfile
          """);
  private static final String BUS_CONFIG =
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
       "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>session</type>
        <listen>unix:runtime=yes</listen>
        <auth>EXTERNAL</auth>
        <policy context="default">
          <allow send_destination="*" eavesdrop="true"/>
          <allow eavesdrop="true"/>
          <allow own="*"/>
        </policy>
      </busconfig>
      """;

  /** There is no journal: what units write goes where systemd's own log goes. */
  private static final String MANAGER_CONFIG =
      """
      [Manager]
      DefaultStandardOutput=inherit
      DefaultStandardError=inherit
      """;

  private static volatile Optional<String> whyNot;

  private final Path base;
  private final Process holder;

  private PrivateSystemd(Path base, Process holder) {
    this.base = base;
    this.holder = holder;
  }

  /**
   * Why none can be had on this machine, in one line with what to install; empty where one can.
   * Asked once.
   */
  public static Optional<String> whyNot() {
    Optional<String> known = whyNot;
    if (known == null) {
      known = SCRIPT.whyNot();
      whyNot = known;
    }
    return known;
  }

  /**
   * Starts one and returns when systemd answers on its bus.
   *
   * @throws IllegalStateException if that cannot be had here, or does not come up in a minute, with
   *     what it wrote
   */
  public static PrivateSystemd start() {
    whyNot()
        .ifPresent(
            reason -> {
              throw new IllegalStateException("no private systemd: " + reason);
            });
    try {
      Path base = Files.createTempDirectory("hal0-bed-");
      furnish(base);
      Process holder =
          new ProcessBuilder(
                  "setsid", "sh", SCRIPT.writeTo(base).toString(), "hold", base.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(base.resolve("holder.log").toFile())
              .start();
      PrivateSystemd systemd = new PrivateSystemd(base, holder);
      systemd.awaitUp();
      return systemd;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a private systemd", e);
    }
  }

  private static void furnish(Path base) throws IOException {
    Files.createDirectory(
        base.resolve("run"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path units = Files.createDirectories(base.resolve("home/.config/systemd/user"));
    for (Map.Entry<String, String> unit : UNITS.entrySet()) {
      Files.writeString(units.resolve(unit.getKey()), unit.getValue());
    }
    Files.writeString(base.resolve("home/bus.conf"), BUS_CONFIG);
    Files.writeString(units.resolveSibling("user.conf"), MANAGER_CONFIG);
  }

  private void awaitUp() {
    try {
      Await.until(
          "a private systemd's socket", COMMAND, () -> has("run/systemd/private") || has("ended"));
      Await.until("systemd on its bus", COMMAND, () -> isOnBus() || has("ended"));
    } catch (AssertionError e) {
      throw failed(e);
    }
    if (has("ended")) {
      throw failed(null);
    }
  }

  private IllegalStateException failed(Throwable cause) {
    String log = log();
    close();
    return new IllegalStateException("a private systemd did not come up; it wrote:\n" + log, cause);
  }

  private boolean has(String file) {
    return Files.exists(base.resolve(file));
  }

  private boolean isOnBus() {
    if (!has("run/bus")) {
      return false;
    }
    Ran ran =
        run(
            "busctl",
            "--address=" + busAddress(),
            "call",
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "NameHasOwner",
            "s",
            "org.freedesktop.systemd1");
    return ran.out().strip().equals("b true");
  }

  /** What {@code DBUS_SESSION_BUS_ADDRESS} is in it. */
  public String busAddress() {
    return "unix:path=" + runtimeDir().resolve("bus");
  }

  /** Its {@code XDG_RUNTIME_DIR}. */
  public Path runtimeDir() {
    return base.resolve("run");
  }

  /** Its {@code HOME}. */
  public Path home() {
    return base.resolve("home");
  }

  /** Where its units lie: {@code $HOME/.config/systemd/user}. */
  public Path unitDir() {
    return home().resolve(".config/systemd/user");
  }

  /** The variables with which a child process finds it; an empty value: take the variable away. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", home().toString());
    environment.put("XDG_RUNTIME_DIR", runtimeDir().toString());
    environment.put("DBUS_SESSION_BUS_ADDRESS", busAddress());
    environment.put("XDG_CONFIG_HOME", home().resolve(".config").toString());
    environment.put("XDG_DATA_HOME", home().resolve(".local/share").toString());
    environment.put("XDG_STATE_HOME", home().resolve(".local/state").toString());
    environment.put("XDG_CACHE_HOME", home().resolve(".cache").toString());
    environment.put("NOTIFY_SOCKET", "");
    return environment;
  }

  /**
   * Runs {@code systemctl --user} with these arguments. It needs no bus: it talks to systemd's
   * private socket.
   */
  public Ran systemctl(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("systemctl", "--user", "--no-pager"));
    argv.addAll(List.of(arguments));
    return run(argv.toArray(String[]::new));
  }

  /** One property of a unit, as {@code systemctl show} prints it; empty where there is none. */
  public String property(String unit, String name) {
    return systemctl("show", "--value", "--property", name, unit).orThrow();
  }

  /** Runs a program with {@link #environment()}, for at most a minute. */
  public Ran run(String... argv) {
    return Ran.of(environment(), COMMAND, List.of(argv));
  }

  /**
   * The command that runs {@code argv} outside of every unit, but so that it ends with this
   * systemd, even where this process is killed; where the machine does not allow that, {@code argv}
   * runs all the same.
   */
  public List<String> inside(List<String> argv) {
    List<String> command = new ArrayList<>(List.of("sh", "-c"));
    command.add(
        "{ mkdir -p \"$0/outside\" && echo $$ >\"$0/outside/cgroup.procs\"; } 2>/dev/null; exec"
            + " \"$@\"");
    command.add(cgroup());
    command.addAll(argv);
    return command;
  }

  private String cgroup() {
    try {
      return Files.readString(base.resolve("cgroup")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a unit file and makes systemd read it. */
  public void writeUnit(String name, String text) {
    try {
      Files.writeString(unitDir().resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    systemctl("daemon-reload").orThrow();
  }

  /**
   * Kills the bus with SIGKILL and keeps it away: connecting is refused until {@link #startBus()}.
   */
  public void killBus() {
    systemctl("stop", "dbus.socket").orThrow();
    systemctl("kill", "--signal=KILL", "dbus.service").orThrow();
    // A bus that is started before systemd has seen the old one die leaves systemd without one for
    // good.
    Await.until(
        "the bus's death", COMMAND, () -> property("dbus.service", "ActiveState").equals("failed"));
  }

  /** Starts the bus again after {@link #killBus()}; returns when systemd is on it. */
  public void startBus() {
    systemctl("reset-failed", "dbus.service").orThrow();
    systemctl("start", "dbus.socket", "dbus.service").orThrow();
    Await.until("systemd on its new bus", COMMAND, this::isOnBus);
  }

  /** What systemd has logged so far, for a person. */
  public String log() {
    StringBuilder text = new StringBuilder();
    for (String name : List.of("log", "holder.log")) {
      try {
        text.append(Files.readString(base.resolve(name)));
      } catch (IOException e) {
        text.append(name).append(": ").append(e).append('\n');
      }
    }
    return text.toString();
  }

  /** Whether anything of it is left: its directory goes last. */
  boolean isGone() {
    return !Files.exists(base) && !holder.isAlive();
  }

  /** Ends every process in it and removes its directory. Closing twice does nothing. */
  @Override
  public void close() {
    try {
      holder.getOutputStream().close();
      if (!holder.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the private systemd in " + base + " did not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
