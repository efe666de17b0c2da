package hal0.slots.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The last of what a process wrote. Reads on one thread, is asked by any. */
final class LogTail {
  /** How much is kept. */
  static final int MOST = 4096;

  private final byte[] ring = new byte[MOST];
  private long written;

  /** Reads to the end, or until it can't. */
  void drain(InputStream in) {
    byte[] block = new byte[8192];
    try (in) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        add(block, read);
      }
    } catch (IOException closed) {
      // What was read is what there is.
      return;
    }
  }

  synchronized void add(byte[] bytes, int length) {
    for (int i = Math.max(0, length - MOST); i < length; i++) {
      ring[(int) ((written + i) % MOST)] = bytes[i];
    }
    written += length;
  }

  /** Whole lines, but where there is only one and its beginning is gone; "" for nothing. */
  String text() {
    byte[] bytes = bytes();
    int begin = 0;
    if (isCut()) {
      while (begin < bytes.length && bytes[begin] != '\n') {
        begin++;
      }
      begin = begin + 1 >= bytes.length ? 0 : begin + 1;
    }
    return decoded(Arrays.copyOfRange(bytes, begin, bytes.length)).strip();
  }

  private synchronized boolean isCut() {
    return written > MOST;
  }

  private synchronized byte[] bytes() {
    int size = (int) Math.min(written, MOST);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = ring[(int) ((written - size + i) % MOST)];
    }
    return bytes;
  }

  private static String decoded(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    try {
      CharBuffer text = decoder.decode(ByteBuffer.wrap(bytes));
      return text.toString();
    } catch (IOException replaced) {
      throw new IllegalStateException(replaced);
    }
  }
}
