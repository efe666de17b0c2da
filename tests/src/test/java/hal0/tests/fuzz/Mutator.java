package hal0.tests.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes inputs out of others: with bytes changed, parts moved, doubled, repeated or mixed. */
final class Mutator {
  private static final int CHANGES = 6;
  private static final int REPEATS = 2000;
  private static final String[] WORDS = {
    "\0",
    "\n",
    "\r\n",
    "\r\n\r\n",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\ud800",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "{\"a\":",
    "=",
    ":",
    ",",
    "#",
    "$",
    "%",
    "%00",
    "%2e%2e%2f",
    "../",
    "\u00e9",
    "\u202e",
    "\ufeff",
    "-1",
    "0",
    "1e999999999",
    "1e-999999999",
    "99999999999999999999999",
    "NaN",
    "true",
    "null",
    "0x",
    "inf",
    "2020-01-01",
    "Content-Length: ",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: -1\r\n",
    "Host: x\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "ffffffffffffffff\r\n",
    "\"\"\"",
    "'''",
    "port = 1\n",
    "[probe]\n",
    "\u0085",
    "\u2028",
    "\ud83d\ude00"
  };

  private final Random random;
  private final List<byte[]> corpus;
  private final int most;

  /**
   * @param most bytes that an input may have
   */
  Mutator(Random random, List<byte[]> corpus, int most) {
    this.random = random;
    this.corpus = corpus;
    this.most = most;
  }

  byte[] next() {
    byte[] input = any();
    int changes = 1 + random.nextInt(CHANGES);
    for (int change = 0; change < changes; change++) {
      input = changed(input);
    }
    return input.length <= most ? input : Arrays.copyOf(input, most);
  }

  private byte[] any() {
    return corpus.get(random.nextInt(corpus.size())).clone();
  }

  private byte[] changed(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int to = at + random.nextInt(input.length - at + 1);
    byte[] part = Arrays.copyOfRange(input, at, to);
    return switch (random.nextInt(9)) {
      case 0 -> joined(input, at, bytes(1 + random.nextInt(8)), Math.min(input.length, at + 1));
      case 1 -> joined(input, at, word(), at);
      case 2 -> joined(input, at, word(), to);
      case 3 -> joined(input, at, new byte[0], Math.min(to, at + 1 + random.nextInt(8)));
      case 4 -> joined(input, to, part, to);
      case 5 -> Arrays.copyOf(input, at);
      case 6 -> joined(input, at, repeated(random.nextBoolean() ? word() : part), at);
      case 7 -> mixed(input, at);
      default -> flipped(input, at);
    };
  }

  private byte[] mixed(byte[] input, int at) {
    byte[] other = any();
    return joined(
        input,
        at,
        Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length),
        input.length);
  }

  private byte[] flipped(byte[] input, int at) {
    byte[] flipped = input.clone();
    if (at < flipped.length) {
      flipped[at] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] repeated(byte[] part) {
    int times = 1 + random.nextInt(REPEATS);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times && all.size() < most; i++) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private byte[] word() {
    return WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** What stands before {@code at}, then the middle, then what stands from {@code rest} on. */
  private static byte[] joined(byte[] input, int at, byte[] middle, int rest) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(input, 0, at);
    all.writeBytes(middle);
    all.write(input, rest, input.length - rest);
    return all.toByteArray();
  }
}
