package hal0.slots.story;

import hal0.slots.event.EventFeed;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Reads the feed and writes each slot's story, on a thread of its own: no slot waits for the disk
 * because of it. What every request brings (ready to serving and back) is left out.
 */
public final class StoryKeeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StoryKeeper.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EventFeed feed;
  private final StoryFiles files;
  private volatile EventFeed.Reader reader;
  private volatile boolean closed;
  private boolean failing;

  /** Begins with the next event. */
  public StoryKeeper(EventFeed feed, StoryFiles files, Clockwork clock) {
    this.feed = feed;
    this.files = files;
    this.reader = feed.subscribe();
    clock.execute(this::run);
  }

  private void run() {
    try {
      while (!reader.isClosed()) {
        try {
          reader.take(PATIENCE).forEach(this::keep);
        } catch (EventFeed.CutOff e) {
          beginAnew();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The disk was slower than everything that happened: some of it is not in the stories. */
  private void beginAnew() {
    LOG.log(Level.WARNING, "the slots' stories have a gap: the disk could not keep up");
    reader.close();
    reader = feed.subscribe();
    if (closed) {
      reader.close();
    }
  }

  private void keep(SlotEvent event) {
    if (isFlip(event.from(), event.to())) {
      return;
    }
    try {
      files.add(event.slot(), StoryLine.of(event, feed.bootId()));
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.log(Level.WARNING, "the slots'' stories cannot be written: {0}", e.getMessage());
      }
      failing = true;
    }
  }

  private static boolean isFlip(SlotState from, SlotState to) {
    return from == SlotState.READY && to == SlotState.SERVING
        || from == SlotState.SERVING && to == SlotState.READY;
  }

  /** Ends once what was read is written. */
  @Override
  public void close() {
    closed = true;
    reader.close();
  }
}
