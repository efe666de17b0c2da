package hal0.app;

import hal0.app.api.LogPort;
import hal0.systemd.Journal;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.util.Optional;

/** Slots' logs out of the journal. */
record JournalLogs(Journal journal) implements LogPort {
  @Override
  public Tail tail(String slot, int count) throws InterruptedException {
    Journal.Tail tail = journal.tail(UnitName.ofSlot(slot), "", count);
    return new Tail(tail.lines(), tail.hint());
  }

  private Journal.LineStream open(String slot, int count) throws IOException {
    try {
      return journal.follow(UnitName.ofSlot(slot), count);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("hal0 ends", e);
    }
  }

  @Override
  public Lines follow(String slot, int count) throws IOException {
    Journal.LineStream stream = open(slot, count);
    return new Lines() {
      @Override
      public Optional<String> next() {
        return stream.next();
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }
}
