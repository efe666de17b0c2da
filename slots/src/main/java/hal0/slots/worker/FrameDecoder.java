package hal0.slots.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * Takes bytes as they come and gives frames. What it holds grows with the bytes that came, never
 * with the length that a frame claims. For one thread.
 */
public final class FrameDecoder {
  private static final int SMALL = 16 << 10;
  private static final int PIECE = 64 << 10;

  private final int most;
  private byte[] held = new byte[SMALL];
  private int from;
  private int to;

  /**
   * @param most bytes that a frame may have after its length, at most {@link Frames#MOST}
   */
  public FrameDecoder(int most) {
    this.most = Math.min(most, Frames.MOST);
  }

  /**
   * The next frame that is here whole; null where more bytes are needed.
   *
   * @throws FrameException when what came is none; nothing after it can be read
   */
  public Frame next() throws FrameException {
    int length = length();
    if (length < 0 || to - from - Frames.HEAD < length) {
      return null;
    }
    try {
      return Frames.decode(held, from + Frames.HEAD, length);
    } finally {
      from += Frames.HEAD + length;
      release();
    }
  }

  /**
   * Reads what there is, once.
   *
   * @return how many bytes, as the channel says it: -1 at its end
   */
  public int read(ReadableByteChannel channel) throws IOException {
    makeRoom();
    ByteBuffer space = ByteBuffer.wrap(held, to, Math.min(PIECE, held.length - to));
    int count = channel.read(space);
    to += Math.max(0, count);
    return count;
  }

  /**
   * Waits for a frame.
   *
   * @param channel one that blocks
   * @return null when the connection ended between two frames
   * @throws FrameException for what is no frame, or ended within one
   */
  public Frame await(ReadableByteChannel channel) throws IOException {
    for (Frame frame = next(); ; frame = next()) {
      if (frame != null) {
        return frame;
      }
      if (read(channel) < 0) {
        return atEnd();
      }
    }
  }

  /** Whether bytes are here that no frame was made of yet. */
  public boolean holdsBytes() {
    return to > from;
  }

  private Frame atEnd() throws FrameException {
    if (!holdsBytes()) {
      return null;
    }
    throw new FrameException(
        FrameException.Why.CUT_OFF, "the connection ended within a frame", null);
  }

  /** -1 where it isn't known yet. */
  private int length() throws FrameException {
    if (to - from < Frames.HEAD) {
      return -1;
    }
    int length = ByteBuffer.wrap(held).getInt(from);
    if (length < 1 || length > most) {
      throw new FrameException(
          FrameException.Why.TOO_LARGE,
          "a frame has 1 to " + most + " bytes, not " + Integer.toUnsignedString(length),
          null);
    }
    return length;
  }

  private void makeRoom() {
    if (to < held.length) {
      return;
    }
    if (from > 0) {
      System.arraycopy(held, from, held, 0, to - from);
      to -= from;
      from = 0;
    } else {
      held = Arrays.copyOf(held, Math.min(Frames.HEAD + most, 2 * held.length));
    }
  }

  /** What was large is given back once it is empty. */
  private void release() {
    if (from < to) {
      return;
    }
    from = 0;
    to = 0;
    if (held.length > 4 * PIECE) {
      held = new byte[SMALL];
    }
  }
}
