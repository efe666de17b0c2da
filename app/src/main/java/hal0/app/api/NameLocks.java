package hal0.app.api;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock for each name that is in use: changes of one slot come one after another, others do not
 * wait.
 */
final class NameLocks {
  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

  private record Entry(ReentrantLock lock, int users) {}

  /** A held lock. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for the name's lock and takes it. */
  Held lock(String name) throws InterruptedException {
    Entry entry =
        entries.compute(
            name,
            (n, known) ->
                known == null
                    ? new Entry(new ReentrantLock(), 1)
                    : new Entry(known.lock(), known.users() + 1));
    try {
      entry.lock().lockInterruptibly();
    } catch (InterruptedException e) {
      leave(name);
      throw e;
    }
    return () -> {
      entry.lock().unlock();
      leave(name);
    };
  }

  private void leave(String name) {
    entries.compute(
        name, (n, known) -> known.users() == 1 ? null : new Entry(known.lock(), known.users() - 1));
  }

  /** How many names are in use. */
  int size() {
    return entries.size();
  }
}
