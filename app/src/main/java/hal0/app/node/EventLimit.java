package hal0.app.node;

import java.io.IOException;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/** Breaks a stream of events off when one of them is too long to be held. */
final class EventLimit extends ForwardingSource {
  /** An event was too long. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;

    TooLong(long limit) {
      super("an event is longer than " + limit + " bytes");
    }
  }

  private final long limit;
  private long length;
  private boolean atLineStart = true;

  /**
   * @param limit in bytes
   */
  EventLimit(Source source, long limit) {
    super(source);
    this.limit = limit;
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    long before = sink.size();
    long read = super.read(sink, byteCount);
    for (long at = before; read > 0 && at < before + read; at++) {
      count(sink.getByte(at));
    }
    if (length > limit) {
      throw new TooLong(limit);
    }
    return read;
  }

  /** An empty line ends an event. */
  private void count(byte one) {
    boolean end = one == '\n';
    length = end && atLineStart ? 0 : length + 1;
    atLineStart = end || (one == '\r' && atLineStart);
  }
}
