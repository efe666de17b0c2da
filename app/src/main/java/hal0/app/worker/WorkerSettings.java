package hal0.app.worker;

import hal0.app.worker.engine.SessionConfig;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How a worker runs.
 *
 * @param session what is served
 * @param eager whether the model is loaded at once, or with the first request
 * @param parent whether it ends with the last connection to its health socket
 * @param slot its slot's name; "" for none
 * @param directory where its sockets are
 * @param mode of its sockets
 * @param watchdog how long systemd waits for a sign of life; empty where it doesn't
 */
public record WorkerSettings(
    SessionConfig session,
    boolean eager,
    boolean parent,
    String slot,
    Path directory,
    Set<PosixFilePermission> mode,
    Optional<Duration> watchdog) {}
