package hal0.slots.record;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Keeps the records. Safe for use by many threads; calls for one slot come one at a time. */
public interface SlotStore {
  /**
   * Reads one record; empty when there is none, or none that can be read (that one is kept beside
   * and logged).
   *
   * @throws IOException if the disk does not answer
   */
  Optional<SlotRecord> load(String name) throws IOException;

  /**
   * Writes one record whole or not at all; returns when it is safe on disk.
   *
   * @throws IOException if it could not be written; the old record is then still there
   */
  void save(SlotRecord record) throws IOException;

  /** Removes everything that is kept of a slot. None is no error. */
  void delete(String name) throws IOException;

  /** Every slot that has a record, readable or not. */
  Set<String> names() throws IOException;
}
