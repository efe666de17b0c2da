package hal0.app.node;

import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Remembers what was answered, so that a request that comes twice is done once. Safe for use by
 * many threads.
 */
final class AnswerMemory {
  /** So long after its answer a request is known. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  /** All remembered answers together are at most so long, in bytes; the oldest go first. */
  private static final long MOST_BYTES = 16 << 20;

  private static final int MOST = 10_000;

  private final Clockwork clock;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long bytes;

  private static final class Entry {
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private boolean done;
    private long until;
    private int length;
  }

  AnswerMemory(Clockwork clock) {
    this.clock = clock;
  }

  /**
   * Takes a request that is not known.
   *
   * @return empty if it is the caller's to be done; else its answer, which may be yet to come
   */
  synchronized Optional<CompletableFuture<byte[]>> claim(String id) {
    forget();
    Entry known = entries.get(id);
    if (known == null) {
      entries.put(id, new Entry());
      return Optional.empty();
    }
    return Optional.of(known.answer);
  }

  /** A claimed request was answered. */
  void answered(String id, byte[] answer) {
    Entry entry;
    synchronized (this) {
      entry = entries.remove(id);
      entry.done = true;
      entry.until = clock.nanos() + KEPT.toNanos();
      entry.length = answer.length;
      bytes += answer.length;
      // In the order of their answers from here: the oldest is found first.
      entries.put(id, entry);
      forget();
    }
    entry.answer.complete(answer);
  }

  private void forget() {
    long now = clock.nanos();
    for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      boolean over = entry.until - now <= 0 || bytes > MOST_BYTES || entries.size() > MOST;
      if (entry.done && over) {
        bytes -= entry.length;
        all.remove();
      } else if (entry.done) {
        return;
      }
    }
  }
}
