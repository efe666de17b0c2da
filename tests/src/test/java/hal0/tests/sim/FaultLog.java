package hal0.tests.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Hears what the core logs as its own fault, and keeps everything else quiet while histories run. A
 * world runs on one thread, so each thread has its own faults.
 */
final class FaultLog extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("hal0");
  private final Level level = logger.getLevel();
  private final boolean parents = logger.getUseParentHandlers();
  private final ThreadLocal<List<LogRecord>> faults = ThreadLocal.withInitial(ArrayList::new);

  static FaultLog open() {
    FaultLog log = new FaultLog();
    log.logger.setLevel(Level.SEVERE);
    log.logger.setUseParentHandlers(false);
    log.logger.addHandler(log);
    return log;
  }

  @Override
  public void publish(LogRecord record) {
    if (!(record.getThrown() instanceof Life.Killed)) {
      faults.get().add(record);
    }
  }

  void clear() {
    faults.get().clear();
  }

  boolean isEmpty() {
    return faults.get().isEmpty();
  }

  /** Fails if anything was logged as a fault by this thread. */
  void check() {
    if (!isEmpty()) {
      throw new Violation("faults", "the core logged " + this, faults.get().getFirst().getThrown());
    }
  }

  @Override
  public String toString() {
    return String.join(
        "\n", faults.get().stream().map(one -> one.getMessage() + " " + one.getThrown()).toList());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(level);
    logger.setUseParentHandlers(parents);
  }
}
