package hal0.app.worker.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** How large the image of a {@code data:} URL is, from its first bytes. */
final class ImageSize {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private ImageSize() {}

  /**
   * Such as "png 640x480".
   *
   * @throws IllegalArgumentException when it is no image that is known
   */
  static String describe(String url) {
    int comma = url.indexOf(',');
    if (!url.startsWith("data:") || comma < 0 || !url.substring(0, comma).endsWith(";base64")) {
      throw new IllegalArgumentException("an image is a data: URL in base64");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(url.substring(comma + 1));
    try {
      return described(bytes);
    } catch (IndexOutOfBoundsException cutOff) {
      throw new IllegalArgumentException("the image is cut off", cutOff);
    }
  }

  private static String described(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (startsWith(bytes, 0, PNG)) {
      return "png " + in.getInt(16) + "x" + in.getInt(20);
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    if (startsWith(bytes, 0, ascii("GIF8"))) {
      return "gif " + unsigned(in, 6) + "x" + unsigned(in, 8);
    }
    if (startsWith(bytes, 0, ascii("RIFF")) && startsWith(bytes, 8, ascii("WEBP"))) {
      return "webp " + webp(in, bytes);
    }
    if (startsWith(bytes, 0, new byte[] {(byte) 0xff, (byte) 0xd8})) {
      return "jpeg " + jpeg(in.order(ByteOrder.BIG_ENDIAN));
    }
    throw new IllegalArgumentException("the image is neither PNG, JPEG, GIF nor WebP");
  }

  /** Past its segments to the one that begins the frame. */
  private static String jpeg(ByteBuffer in) {
    int at = 2;
    while (true) {
      if ((in.get(at) & 0xff) != 0xff) {
        throw new IllegalArgumentException("the JPEG has no size");
      }
      int marker = in.get(at + 1) & 0xff;
      boolean frame = marker >= 0xc0 && marker <= 0xcf;
      boolean tables = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
      if (frame && !tables) {
        return unsigned(in, at + 7) + "x" + unsigned(in, at + 5);
      }
      // A fill byte stands alone, everything else says how long it is.
      at += marker == 0xff ? 1 : 2 + unsigned(in, at + 2);
    }
  }

  private static String webp(ByteBuffer in, byte[] bytes) {
    if (startsWith(bytes, 12, ascii("VP8X"))) {
      return three(in, 24) + 1 + "x" + (three(in, 27) + 1);
    }
    if (startsWith(bytes, 12, ascii("VP8L"))) {
      int packed = in.getInt(21);
      return (packed & 0x3fff) + 1 + "x" + ((packed >>> 14 & 0x3fff) + 1);
    }
    return (unsigned(in, 26) & 0x3fff) + "x" + (unsigned(in, 28) & 0x3fff);
  }

  private static int three(ByteBuffer in, int at) {
    return unsigned(in, at) | (in.get(at + 2) & 0xff) << 16;
  }

  private static int unsigned(ByteBuffer in, int at) {
    return Short.toUnsignedInt(in.getShort(at));
  }

  private static boolean startsWith(byte[] bytes, int at, byte[] head) {
    int end = at + head.length;
    return bytes.length >= end && Arrays.equals(bytes, at, end, head, 0, head.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
