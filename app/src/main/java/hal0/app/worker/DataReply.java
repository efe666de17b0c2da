package hal0.app.worker;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.worker.engine.Reply;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.Frame;
import hal0.slots.worker.FrameException;
import hal0.slots.worker.Frames;
import java.io.IOException;

/** What one request's handler tells; for the thread of its connection. */
final class DataReply implements Reply {
  /** Asking the kernel takes a moment, and handlers may ask for every token. */
  private static final long LOOK_NANOS = 10_000_000;

  private final DataPeer peer;
  private final long id;
  private final boolean stream;
  private final Vitals vitals;
  private final Work work;
  private final Clockwork clock;
  private final StringBuilder text = new StringBuilder();
  private long lookedAt;
  private boolean gone;

  DataReply(DataPeer peer, long id, boolean stream, Vitals vitals, Work work, Clockwork clock) {
    this.peer = peer;
    this.id = id;
    this.stream = stream;
    this.vitals = vitals;
    this.work = work;
    this.clock = clock;
    this.lookedAt = clock.nanos();
  }

  @Override
  public void advanced() {
    vitals.progress();
  }

  @Override
  public void advanced(double fraction, String line) {
    vitals.progress();
  }

  @Override
  public boolean cancelled() {
    if (!gone && clock.nanos() - lookedAt >= LOOK_NANOS) {
      lookedAt = clock.nanos();
      gone = peer.isGone();
    }
    return gone || work.isEnding();
  }

  @Override
  public void delta(String piece) throws CancelledException {
    vitals.progress();
    if (!stream) {
      if (text.length() + piece.length() > Frames.MOST) {
        throw new IllegalStateException("the answer is longer than a frame");
      }
      text.append(piece);
      return;
    }
    try {
      ObjectNode content = JsonNodeFactory.instance.objectNode().put("delta", piece);
      peer.sendInTurn(Frame.of(Frame.STREAM_CHUNK, id, content));
    } catch (FrameException large) {
      throw new IllegalStateException("a piece of the answer: " + large.getMessage(), large);
    } catch (IOException e) {
      gone = true;
      throw new CancelledException(e);
    }
  }

  boolean isStream() {
    return stream;
  }

  /** What was said so far, where it isn't streamed. */
  String text() {
    return text.toString();
  }
}
