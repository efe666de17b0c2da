package hal0.slots.probe;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of HTTP/1.0 or 1.1 (RFC 9112) on a connection that is used once: its head has been
 * read, its body not yet. Lenient where that cannot mislead, and bounded everywhere: a head of more
 * than {@link #HEAD_LIMIT} bytes is none. For one thread.
 */
final class HttpAnswer {
  static final int HEAD_LIMIT = 256 << 10;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");
  private static final int BUFFER = 4096;
  private static final int SWITCHING = 101;

  private final InputStream in;
  private int headLeft = HEAD_LIMIT;
  private int status;
  private long length = -1;
  private boolean chunked;

  private HttpAnswer(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER);
  }

  /**
   * Reads heads up to the first that is no promise of another (1xx).
   *
   * @throws ProtocolException for what is no HTTP
   * @throws EOFException if the connection ends between two lines
   */
  static HttpAnswer read(InputStream in) throws IOException {
    HttpAnswer answer = new HttpAnswer(in);
    do {
      answer.readHead();
      if (answer.status == SWITCHING) {
        throw new ProtocolException("101, a switch of protocols");
      }
    } while (answer.status / 100 == 1);
    return answer;
  }

  /** The status, 200 to 999. */
  int status() {
    return status;
  }

  /** How long the body is, as far as that was announced. */
  Optional<Long> announced() {
    return hasNoBody() ? Optional.of(0L) : Optional.of(length).filter(known -> known >= 0);
  }

  /**
   * Reads the body.
   *
   * @return at most {@code limit} bytes, though the body may be longer
   * @throws IOException if it breaks off before
   */
  byte[] body(int limit) throws IOException {
    if (hasNoBody()) {
      return new byte[0];
    }
    if (chunked) {
      return chunks(limit);
    }
    int wanted = length < 0 ? limit : (int) Math.min(length, limit);
    byte[] body = in.readNBytes(wanted);
    if (length >= 0 && body.length < wanted) {
      throw new EOFException("the end after " + body.length + " of " + length + " bytes");
    }
    return body;
  }

  private boolean hasNoBody() {
    return status == 204 || status == 304;
  }

  private void readHead() throws IOException {
    String first = line();
    Matcher matcher = STATUS.matcher(first);
    if (!matcher.matches()) {
      throw new ProtocolException("Unexpected status line: " + first);
    }
    status = Integer.parseInt(matcher.group(1));
    length = -1;
    chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        header(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    if (chunked) {
      length = -1;
    }
  }

  private void header(String name, String value) throws IOException {
    if (name.equalsIgnoreCase("Transfer-Encoding")) {
      chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
    } else if (name.equalsIgnoreCase("Content-Length")) {
      if (value.startsWith("-")) {
        throw new ProtocolException("Content-Length: " + value);
      }
      length = number(value, 10);
    }
  }

  /** -1 for what is no number. */
  private static long number(String text, int radix) {
    try {
      return text.startsWith("+") ? -1 : Long.parseLong(text, radix);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private byte[] chunks(int limit) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      headLeft = HEAD_LIMIT;
      String line = line();
      int end = line.indexOf(';');
      long size = number((end < 0 ? line : line.substring(0, end)).strip(), 16);
      if (size < 0) {
        throw new ProtocolException("a chunk of the size \"" + line + "\"");
      }
      int room = limit - body.size();
      if (size == 0 || room == 0) {
        return body.toByteArray();
      }
      int wanted = (int) Math.min(size, room);
      byte[] chunk = in.readNBytes(wanted);
      if (chunk.length < wanted) {
        throw new EOFException("the end within a chunk");
      }
      body.writeBytes(chunk);
      if (wanted == size && !line().isBlank()) {
        throw new ProtocolException("a chunk without an end");
      }
    }
  }

  /** A line without its end. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    int next = in.read();
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (--headLeft < 0) {
        throw new ProtocolException("a head without an end");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    if (next < 0) {
      throw text.isEmpty() ? new EOFException() : new ProtocolException("the end within a line");
    }
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
