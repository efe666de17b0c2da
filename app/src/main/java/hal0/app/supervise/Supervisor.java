package hal0.app.supervise;

import hal0.slots.listener.ProcPortOwner;
import hal0.slots.listener.SockDiag;
import hal0.slots.probe.HttpProbe;
import hal0.slots.time.SystemClockwork;
import hal0.systemd.SdNotify;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** {@code hal0 supervise}: never comes back, but ends as its child has ended. */
public final class Supervisor {
  private static final int USAGE = 2;

  /** What systemd itself exits with where a program cannot be run (EXIT_EXEC). */
  private static final int CANNOT_RUN = 203;

  private static final int FAILED = 1;
  private static final Duration REHEARSED = Duration.ofMillis(800);
  private static final int ENOENT = 2;
  private static final int EACCES = 13;

  private Supervisor() {}

  /**
   * Runs what this process's own command line says.
   *
   * @param mainClass the class whose name stands before it
   */
  public static void run(Class<?> mainClass) {
    int code = FAILED;
    try {
      List<RawText> arguments = RawText.arguments(mainClass.getName());
      supervise(Settings.of(arguments.subList(1, arguments.size()))).follow();
    } catch (CannotRun e) {
      say(e.getMessage());
      code = CANNOT_RUN;
    } catch (IllegalArgumentException e) {
      say(e.getMessage());
      code = USAGE;
    } catch (IOException | RuntimeException e) {
      say(e.toString());
    }
    Runtime.getRuntime().halt(code);
  }

  /**
   * Does what a supervisor does, for an AOT cache: runs a command to its end, and asks a server a
   * few times how it is. Does not touch this process's end.
   *
   * @param port where a server answers
   */
  public static void rehearse(int port) throws IOException, InterruptedException {
    String argv =
        "--provider llama-server --model m --port "
            + port
            + " --interval 50 --timeout 1000 --health-path /health --models-path /v1/models"
            + " --watchdog 1000 -- true ";
    Settings settings =
        Settings.of(RawText.split(argv.replace(' ', '\0').getBytes(StandardCharsets.UTF_8)));
    Child child = new Child();
    child.start(settings.command(), RawText.environment());
    child.await();
    Thread health = Thread.ofPlatform().daemon().start(() -> watch(settings));
    health.join(REHEARSED);
    new SockDiag().look(port);
    Libc.restore(Libc.SIGPIPE);
    Libc.ignore(Libc.SIGPIPE);
  }

  private static Child.End supervise(Settings settings) throws IOException, CannotRun {
    Child child = new Child();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(child)));
    int error = child.start(settings.command(), RawText.environment());
    if (error != 0) {
      throw new CannotRun(new RawText(settings.command().getFirst()).text(), error);
    }
    Thread.ofPlatform().daemon().name("hal0-health").start(() -> watch(settings));
    return child.await();
  }

  private static void watch(Settings settings) {
    SystemClockwork clock = new SystemClockwork();
    new Health(
            settings,
            ownGroup(),
            new HttpProbe(clock, new ProcPortOwner(clock)),
            new SockDiag(),
            SdNotify.of(System.getenv()),
            clock)
        .run();
  }

  /** The cgroup that systemd has put this process into; empty where that cannot be told. */
  private static String ownGroup() {
    try {
      return group(Files.readString(Path.of("/proc/self/cgroup"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      say("whose the port is cannot be told: " + e.getMessage());
      return "";
    }
  }

  /** systemd's own hierarchy where there are several, else the only one. */
  static String group(String text) {
    String unified = "";
    for (String line : text.lines().toList()) {
      int path = line.indexOf(':', line.indexOf(':') + 1) + 1;
      if (line.contains(":name=systemd:")) {
        return line.substring(path);
      }
      unified = line.startsWith("0::") ? line.substring(path) : unified;
    }
    return unified;
  }

  /** SIGTERM: the child is told, and its end, which the main thread awaits, is ours. */
  private static void end(Child child) {
    child.terminate();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void say(String line) {
    System.err.println("hal0 supervise: " + line);
  }

  /** The program could not be started. */
  private static final class CannotRun extends Exception {
    CannotRun(String program, int error) {
      super("cannot run " + program + ": " + reason(error));
    }

    private static String reason(int error) {
      return switch (error) {
        case ENOENT -> "there is no such file";
        case EACCES -> "it may not be executed";
        default -> "error " + error;
      };
    }
  }
}
