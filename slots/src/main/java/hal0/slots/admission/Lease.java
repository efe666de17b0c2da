package hal0.slots.admission;

import hal0.slots.SlotView;
import java.util.concurrent.CompletableFuture;

/**
 * A request's place in a slot, from its admission to its end: the slot is not unloaded while it is
 * held, but for a drain that lasted too long or the slot's own death. Safe for use by many threads.
 */
public interface Lease extends AutoCloseable {
  /** The slot as it was when the request was let in: its port, its definition. */
  SlotView slot();

  /**
   * Bytes moved: of the answer, or of a body that the upstream takes bit by bit. They are the sign
   * of life that speaks against failed probes, so what only went into a buffer must not be told.
   */
  void moved();

  /** The answer has begun: from now on its silences are measured by {@code stall}. */
  void begun();

  /**
   * Ends, with the reason for people, when the slot cannot serve this request any more: it drained
   * for too long, died or hung. The request must then be ended with an error.
   */
  CompletableFuture<String> ended();

  /** The request is over, well or not. May be called more than once. */
  @Override
  void close();
}
