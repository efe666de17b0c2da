package hal0.tests.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A systemd as PID 1 in namespaces of its own, over a throw-away layer of this machine's root: for
 * the system scope, for reboots and for the journal. The network is the machine's. Needs root.
 * Everything in it ends with {@link #close()}, and with this process however that ends. Not safe
 * for use by many threads, but for {@link #run}.
 */
public final class BootedSystemd implements AutoCloseable {
  private static final Duration COMMAND = Duration.ofMinutes(3);
  private static final BedScript SCRIPT = new BedScript("booted-systemd.sh");

  private final Path base;
  private final Process holder;

  private BootedSystemd(Path base, Process holder) {
    this.base = base;
    this.holder = holder;
  }

  /** Why none can be had on this machine, in one line with what to install; empty where one can. */
  public static Optional<String> whyNot() {
    return SCRIPT.whyNot();
  }

  /**
   * Boots one and returns when systemd says that it runs.
   *
   * @param readable directories of this machine that can be read in it at the same place, though
   *     they may lie outside of the root's file system or below /tmp
   */
  public static BootedSystemd start(Path... readable) {
    try {
      Path base = Files.createTempDirectory("hal0-boot-");
      List<String> argv = new ArrayList<>(List.of("setsid", "sh"));
      argv.add(SCRIPT.writeTo(base).toString());
      argv.addAll(List.of("hold", base.toString()));
      for (Path directory : readable) {
        argv.add(directory.toRealPath().toString());
      }
      Process holder =
          new ProcessBuilder(argv)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(base.resolve("holder.log").toFile())
              .start();
      BootedSystemd systemd = new BootedSystemd(base, holder);
      systemd.boot();
      return systemd;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot boot a systemd", e);
    }
  }

  private void boot() {
    try {
      Files.deleteIfExists(base.resolve("pid"));
      order("boot");
      Await.until("PID 1 is systemd", Await.LONG, () -> Files.exists(base.resolve("pid")));
      Await.value(
          "systemd runs",
          Await.LONG,
          () -> run("systemctl", "is-system-running").out().strip(),
          state -> state.equals("running") || state.equals("degraded"));
    } catch (AssertionError e) {
      String log = log();
      close();
      throw new IllegalStateException("a systemd did not boot; it wrote:\n" + log, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void order(String line) throws IOException {
    holder.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    holder.getOutputStream().flush();
  }

  /** Stops every unit in order, and boots again: /run and /tmp are new, the rest is kept. */
  public void reboot() {
    long pid = pid();
    run("systemctl", "poweroff", "--no-block").orThrow();
    Await.until("the machine is off", COMMAND, () -> ProcessHandle.of(pid).isEmpty());
    boot();
  }

  /** Ends every process at one blow, and boots again. */
  public void crash() {
    long pid = pid();
    try {
      order("crash");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("the machine is off", COMMAND, () -> ProcessHandle.of(pid).isEmpty());
    boot();
  }

  /** Runs a command in it as root, for at most three minutes. */
  public Ran run(String... argv) {
    return Ran.of(Map.of(), COMMAND, command(List.of(argv)));
  }

  /** The command that runs {@code argv} in it as root. */
  public List<String> command(List<String> argv) {
    List<String> command =
        new ArrayList<>(
            List.of("sh", base.resolve(SCRIPT.name()).toString(), "enter", base.toString()));
    command.addAll(argv);
    return command;
  }

  /** Runs {@code systemctl} in it. */
  public Ran systemctl(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("systemctl", "--no-pager"));
    argv.addAll(List.of(arguments));
    return run(argv.toArray(String[]::new));
  }

  /** One property of a unit, as {@code systemctl show} prints it. */
  public String property(String unit, String name) {
    return systemctl("show", "--value", "--property", name, unit).orThrow();
  }

  /** Its PID 1, as this machine numbers it. */
  public long pid() {
    try {
      return Long.parseLong(Files.readString(base.resolve("pid")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("it is not up", e);
    }
  }

  /** What its PID 1 has logged so far, for a person. */
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

  /** Ends every process in it and forgets what was written in it. Closing twice does nothing. */
  @Override
  public void close() {
    try {
      holder.getOutputStream().close();
      if (!holder.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the systemd booted in " + base + " did not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
