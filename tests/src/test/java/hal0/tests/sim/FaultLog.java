package hal0.tests.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Hears what the core logs as its own fault, and keeps everything else quiet while histories run.
 */
final class FaultLog extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("hal0");
  private final Level level = logger.getLevel();
  private final boolean parents = logger.getUseParentHandlers();
  private final List<LogRecord> faults = new ArrayList<>();

  static FaultLog open() {
    FaultLog log = new FaultLog();
    log.logger.setLevel(Level.SEVERE);
    log.logger.setUseParentHandlers(false);
    log.logger.addHandler(log);
    return log;
  }

  @Override
  public synchronized void publish(LogRecord record) {
    if (!(record.getThrown() instanceof Life.Killed)) {
      faults.add(record);
    }
  }

  synchronized void clear() {
    faults.clear();
  }

  synchronized boolean isEmpty() {
    return faults.isEmpty();
  }

  /** Fails if anything was logged as a fault. */
  synchronized void check() {
    if (!faults.isEmpty()) {
      throw new Violation("faults", "the core logged " + this, faults.getFirst().getThrown());
    }
  }

  @Override
  public synchronized String toString() {
    return String.join(
        "\n", faults.stream().map(one -> one.getMessage() + " " + one.getThrown()).toList());
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
