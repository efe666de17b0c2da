package hal0.app.api;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What slots' units wrote. Safe for use by many threads. */
public interface LogPort {
  /**
   * The last lines.
   *
   * @param lines in the order they were written
   * @param hint why there are none, and what to do; empty where there is a journal
   */
  record Tail(List<String> lines, Optional<String> hint) {}

  /** Lines as they come. */
  interface Lines extends AutoCloseable {
    /** The next line, for which it waits; empty at the end, or when closed. */
    Optional<String> next();

    /** Ends it; may be called by any thread. */
    @Override
    void close();
  }

  /**
   * The last lines of a slot's unit, {@code count} (1 to 10000) at the most. Blocks for some
   * seconds at the most.
   */
  Tail tail(String slot, int count) throws InterruptedException;

  /**
   * The last lines of a slot's unit, then every new one.
   *
   * @throws IOException if there is nothing to follow
   */
  Lines follow(String slot, int count) throws IOException;
}
