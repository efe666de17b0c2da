package hal0.tests.worker;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.Pong;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerChannel;
import hal0.slots.worker.WorkerException;
import hal0.slots.worker.WorkerLaunch;
import hal0.slots.worker.WorkerProcess;
import hal0.slots.worker.WorkerSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code hal0 worker} of the built distribution, with the demo engine, in a directory of its own.
 */
public final class TrialWorker implements AutoCloseable {
  /** How long tests wait for what takes a moment. */
  public static final Duration LONG = Duration.ofSeconds(60);

  /** The machine's. */
  public static final Clockwork CLOCK = new SystemClockwork();

  private final Path directory;
  private final WorkerProcess process;

  private TrialWorker(Path directory, WorkerProcess process) {
    this.directory = directory;
    this.process = process;
  }

  /** Starts one; returns at once. */
  public static TrialWorker start(Role role, String options, String... more) throws IOException {
    return startIn(Files.createTempDirectory("hal0-worker-"), role, options, more);
  }

  /** Starts one in a directory that is there. */
  public static TrialWorker startIn(Path directory, Role role, String options, String... more)
      throws IOException {
    return new TrialWorker(
        directory,
        WorkerProcess.start(
            new WorkerLaunch(role, command(role, options, more), directory, environment()), CLOCK));
  }

  /** The command line of one. */
  public static List<String> command(Role role, String options, String... more) {
    String launcher = System.getProperty("hal0.dist") + "/bin/hal0";
    List<String> command = new ArrayList<>(List.of(launcher, "worker", "--role", role.word()));
    command.addAll(List.of("--engine", "demo", "--model", "m", "--options", options));
    command.addAll(List.of(more));
    return command;
  }

  /** With the JDK that runs this. */
  public static Map<String, String> environment() {
    return Map.of("JAVA_HOME", System.getProperty("java.home"));
  }

  /** Waits until it is as wanted. */
  public Pong await(Pong.State state) throws WorkerException {
    long end = System.nanoTime() + LONG.toNanos();
    Pong pong = process.awaitUp(LONG);
    while (pong.state() != state) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not " + state.word() + " but " + pong);
      }
      pong = channel().ping(LONG);
    }
    return pong;
  }

  /** Calls to it. */
  public WorkerChannel channel() {
    return process.channel();
  }

  /** The process. */
  public WorkerProcess process() {
    return process;
  }

  /** Where its sockets are. */
  public WorkerSockets sockets() {
    return new WorkerSockets(directory);
  }

  /** A chat with one message. */
  public static ObjectNode chat(String text) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  /** The same, and how the demo is to behave. */
  public static ObjectNode chat(String text, String option, int value) {
    ObjectNode body = chat(text);
    body.putObject("demo").put(option, value);
    return body;
  }

  /** What a whole answer to a chat says. */
  public static String said(ObjectNode result) {
    return result.path("message").path("content").asText();
  }

  /** Ends it as hard as it takes, and removes its directory. */
  @Override
  public void close() throws IOException {
    process.stop(new WorkerProcess.Patience(LONG, LONG, LONG));
    Files.deleteIfExists(sockets().data());
    Files.deleteIfExists(sockets().health());
    Files.deleteIfExists(directory);
  }
}
