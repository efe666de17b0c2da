package hal0.tests.bed.standin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One request on a connection, and the means to answer it: as little HTTP/1.1 as clients of a test
 * need.
 */
final class Exchange {
  private static final int LONGEST_LINE = 64 * 1024;

  private final OutputStream out;
  private final String method;
  private final String path;
  private final List<String> headers;
  private final byte[] body;
  private boolean keep;

  private Exchange(
      OutputStream out, String method, String path, List<String> headers, byte[] body) {
    this.out = out;
    this.method = method;
    this.path = path;
    this.headers = headers;
    this.body = body;
    keep = !header("connection").equalsIgnoreCase("close");
  }

  /** Reads the next request; null where the client has no more. */
  static Exchange read(InputStream in, OutputStream out) throws IOException {
    String line = line(in);
    if (line == null) {
      return null;
    }
    String[] parts = line.split(" ", 3);
    if (parts.length < 3) {
      throw new IOException("not HTTP: " + line);
    }
    List<String> headers = new ArrayList<>();
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      headers.add(header);
    }
    Exchange exchange = new Exchange(out, parts[0], parts[1], headers, new byte[0]);
    byte[] body = exchange.readBody(in);
    return new Exchange(out, parts[0], parts[1], headers, body);
  }

  private byte[] readBody(InputStream in) throws IOException {
    if (header("expect").equalsIgnoreCase("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    if (!header("transfer-encoding").equalsIgnoreCase("chunked")) {
      String length = header("content-length");
      return length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String size = line(in);
      if (size == null) {
        throw new IOException("the body broke off");
      }
      byte[] chunk = in.readNBytes(Integer.parseInt(size.strip(), 16));
      line(in);
      if (chunk.length == 0) {
        return all.toByteArray();
      }
      all.write(chunk);
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (line.size() > LONGEST_LINE) {
        throw new IOException("a line too long");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  String method() {
    return method;
  }

  /** The path without what follows a question mark. */
  String path() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /** The path as it came. */
  String target() {
    return path;
  }

  List<String> headers() {
    return headers;
  }

  /** A header's value, empty where it is not there. */
  String header(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    for (String header : headers) {
      if (header.toLowerCase(Locale.ROOT).startsWith(start)) {
        return header.substring(start.length()).strip();
      }
    }
    return "";
  }

  byte[] body() {
    return body;
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Whether another request may come on this connection. */
  boolean keeps() {
    return keep;
  }

  void answer(int status, String type, byte[] body) throws IOException {
    head(status, type, "Content-Length: " + body.length + "\r\n");
    out.write(body);
    out.flush();
  }

  void json(int status, String text) throws IOException {
    answer(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Begins a body of unknown length; the connection ends with it. */
  void begin(int status, String type) throws IOException {
    keep = false;
    head(status, type, "Transfer-Encoding: chunked\r\n");
    out.flush();
  }

  void chunk(byte[] bytes) throws IOException {
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private void head(int status, String type, String length) throws IOException {
    String head =
        "HTTP/1.1 "
            + status
            + " X\r\nContent-Type: "
            + type
            + "\r\n"
            + length
            + (keep ? "" : "Connection: close\r\n")
            + "\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
  }
}
