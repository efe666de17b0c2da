package hal0.app.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.cli.Failure;
import hal0.app.worker.engine.Engine;
import hal0.app.worker.engine.Session;
import hal0.app.worker.engine.SessionConfig;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.Role;
import hal0.systemd.SdNotify;
import java.io.File;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code worker}: one model for one role, in the foreground, on two sockets. */
@Command(
    name = "worker",
    description = {
      "Serve one role with one model on data.sock and health.sock in $RUNTIME_DIRECTORY.",
      "Slots with provider \"worker\" run this; see docs/worker-protocol.md."
    })
public final class WorkerCommand implements Callable<Integer> {
  /** After SIGTERM the request under way has so long; systemd's own limit is longer. */
  private static final long LAST_REQUEST_MS = 10_000;

  @Option(
      names = "--role",
      required = true,
      paramLabel = "ROLE",
      description = "embed, chat, rerank or vision.")
  private String role;

  @Option(
      names = "--engine",
      required = true,
      paramLabel = "ENGINE",
      description = "What runs the model: demo, or one of the jars in lib/engines.")
  private String engine;

  @Option(names = "--model", paramLabel = "ID", description = "The model's id, if it has one.")
  private String model = "";

  @Option(
      names = "--model-path",
      paramLabel = "PATH",
      description = "The model's file or directory.")
  private String modelPath = "";

  @Option(
      names = "--options",
      paramLabel = "JSON",
      description = "An object with options for the engine.")
  private String options = "{}";

  @Option(
      names = "--load",
      paramLabel = "WHEN",
      description = "eager (at once; the default) or lazy (with the first request).")
  private String load = "eager";

  @Option(
      names = "--parent",
      description = "End when the last connection to the health socket does.")
  private boolean parent;

  @Option(names = "--slot", paramLabel = "NAME", description = "The slot's name, for the log.")
  private String slot = "";

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      description = "600 (the default), or 660 where a group is to reach the sockets.")
  private String socketMode = "600";

  private final Map<String, String> env;
  private final Path home;

  /**
   * @param env the process's own
   * @param home hal0's directory; null where there is none
   */
  public WorkerCommand(Map<String, String> env, Path home) {
    this.env = env;
    this.home = home;
  }

  @Override
  public Integer call() throws Exception {
    logWith("worker role=" + role + (slot.isEmpty() ? "" : " slot=" + slot));
    Session session;
    WorkerSettings settings;
    SdNotify systemd = SdNotify.of(env);
    try {
      settings = settings(systemd.watchdogInterval());
      Engine found = Engines.in(Engines.directories(env, home)).named(engine);
      if (!found.roles().contains(settings.session().role())) {
        throw new IllegalArgumentException(engine + " has no role " + role);
      }
      session = found.open(settings.session());
    } catch (IllegalArgumentException wrong) {
      throw new Failure(Failure.USAGE, wrong.getMessage());
    } catch (Exception e) {
      throw new Failure(Failure.NOT_DONE, engine + " can't work here: " + Work.said(e));
    }
    run(settings, session, systemd);
    return 0;
  }

  private static void run(WorkerSettings settings, Session session, SdNotify systemd)
      throws Exception {
    Worker worker = Worker.start(settings, session, Notices.of(systemd), new SystemClockwork());
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("hal0-end").unstarted(() -> endInOrder(worker, over)));
    worker.await();
    over.countDown();
  }

  /** At SIGTERM. */
  private static void endInOrder(Worker worker, CountDownLatch over) {
    if (over.getCount() == 0) {
      // The command has ended by itself and has its own exit code.
      return;
    }
    worker.end();
    try {
      if (over.await(LAST_REQUEST_MS, TimeUnit.MILLISECONDS)) {
        // Asked to end and ended: not a failure, which the JVM's 143 would look like.
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private WorkerSettings settings(Optional<Duration> watchdog) {
    Role served =
        Role.of(role)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--role is one of "
                            + Arrays.stream(Role.values())
                                .map(Role::word)
                                .collect(Collectors.joining(", "))));
    if (!load.equals("eager") && !load.equals("lazy")) {
      throw new IllegalArgumentException("--load is eager or lazy");
    }
    Optional<Path> path = modelPath.isEmpty() ? Optional.empty() : Optional.of(Path.of(modelPath));
    SessionConfig session = new SessionConfig(served, model, path, table());
    return new WorkerSettings(
        session, load.equals("eager"), parent, slot, directory(), mode(), watchdog);
  }

  private ObjectNode table() {
    try {
      JsonNode json =
          new ObjectMapper()
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(options);
      if (json instanceof ObjectNode table) {
        return table;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("--options is no JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException("--options is a JSON object");
  }

  private Path directory() {
    String directories = env.getOrDefault("RUNTIME_DIRECTORY", "");
    // systemd gives all of a unit's directories, ':' between them.
    String first = directories.split(File.pathSeparator, 2)[0];
    if (!first.startsWith("/")) {
      throw new IllegalArgumentException(
          "RUNTIME_DIRECTORY must name the directory for the sockets; systemd sets it for units");
    }
    return Path.of(first);
  }

  private Set<PosixFilePermission> mode() {
    return switch (socketMode) {
      case "600" -> PosixFilePermissions.fromString("rw-------");
      case "660" -> PosixFilePermissions.fromString("rw-rw----");
      default -> throw new IllegalArgumentException("--socket-mode is 600 or 660");
    };
  }

  /** Each line says whose it is: the journal of a unit has other processes' lines, too. */
  private static void logWith(String who) {
    String tag = who.replace("%", "%%") + " pid=" + ProcessHandle.current().pid();
    System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s [" + tag + "] %5$s%6$s%n");
  }
}
