package hal0.slots.pull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The sha256 of what has come so far. For one thread. */
final class Hash {
  private final MessageDigest digest;
  private long length;

  Hash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  /** How many bytes were added. */
  long length() {
    return length;
  }

  void add(byte[] bytes, int count) {
    digest.update(bytes, 0, count);
    length += count;
  }

  void reset() {
    digest.reset();
    length = 0;
  }

  /** 64 hexadecimal digits in lower case; afterwards it is empty again. */
  String end() {
    length = 0;
    return HexFormat.of().formatHex(digest.digest());
  }
}
