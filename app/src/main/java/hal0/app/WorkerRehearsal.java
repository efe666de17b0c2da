package hal0.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerChannel;
import hal0.slots.worker.WorkerSockets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The part of {@link Rehearsal} that needs all jars. */
final class WorkerRehearsal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private WorkerRehearsal() {}

  /** A worker with the demo engine, from its start over one answer to its end. */
  static void play() throws Exception {
    Path directory = Files.createTempDirectory("hal0-rehearsal");
    try {
      Map<String, String> env = Map.of("RUNTIME_DIRECTORY", directory.toString());
      String[] command = {"worker", "--role", "chat", "--engine", "demo", "--model", "m"};
      Thread worker = Thread.ofPlatform().start(() -> Rehearsal.run(env, null, command));
      WorkerSockets sockets = new WorkerSockets(directory);
      try (WorkerChannel channel = new WorkerChannel(sockets, new SystemClockwork())) {
        while (worker.isAlive() && !Files.exists(sockets.health())) {
          Thread.onSpinWait();
        }
        channel.ping(PATIENCE);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("stream", true);
        body.putArray("messages").addObject().put("role", "user").put("content", "hello world");
        channel.call(Role.CHAT, body, PATIENCE);
        channel.shutdown(PATIENCE);
      }
      worker.join();
    } finally {
      Rehearsal.remove(directory);
    }
  }
}
