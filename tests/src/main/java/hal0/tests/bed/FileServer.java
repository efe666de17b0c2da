package hal0.tests.bed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * Serves one file on a free port of 127.0.0.1, whatever the path, with ranges and an ETag as a good
 * server does; and misbehaves when it is told to. Safe for use by many threads.
 */
public final class FileServer implements AutoCloseable {
  private static final int PIECE = 16 * 1024;

  private final ServerSocket server;
  private final Deque<Manner> next = new ConcurrentLinkedDeque<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile byte[] content;
  private volatile String etag = "\"v1\"";
  private volatile Manner usual = Manner.GOOD;

  /**
   * How one request is answered.
   *
   * @param status instead of 200 or 206; 0 for these
   * @param most so many bytes of the body are sent, then the connection is broken; -1 for all
   * @param ranges whether ranges are understood
   * @param shift what the answer's range is wrong by
   * @param announced how long the body is said to be beyond what it is
   * @param chunked whether the length is told by chunks only
   * @param spoilt whether the bytes are others
   * @param gate waited for when {@code most} bytes were sent, in place of the break
   * @param headers further ones
   */
  public record Manner(
      int status,
      int most,
      boolean ranges,
      int shift,
      int announced,
      boolean chunked,
      boolean spoilt,
      CountDownLatch gate,
      Map<String, String> headers) {
    /** As it should be. */
    public static final Manner GOOD = new Manner(0, -1, true, 0, 0, false, false, null, Map.of());

    /** Breaks the connection after so many bytes. */
    public static Manner breaksAfter(int bytes) {
      return new Manner(0, bytes, true, 0, 0, false, false, null, Map.of());
    }

    /** Sends so many bytes, and no more before the gate is open. */
    public static Manner waitsAfter(int bytes, CountDownLatch gate) {
      return new Manner(0, bytes, true, 0, 0, false, false, gate, Map.of());
    }

    /** Answers with a status. */
    public static Manner says(int status, Map<String, String> headers) {
      return new Manner(status, -1, true, 0, 0, false, false, null, headers);
    }

    /** Does not know ranges. */
    public Manner withoutRanges() {
      return new Manner(status, most, false, shift, announced, chunked, spoilt, gate, headers);
    }

    /** Says another range than it sends. */
    public Manner shifted(int by) {
      return new Manner(status, most, ranges, by, announced, chunked, spoilt, gate, headers);
    }

    /** Says that there is more than there is. */
    public Manner announcing(int more) {
      return new Manner(status, most, ranges, shift, more, chunked, spoilt, gate, headers);
    }

    /** Does not say how long it is. */
    public Manner inChunks() {
      return new Manner(status, most, ranges, shift, announced, true, spoilt, gate, headers);
    }

    /** Sends other bytes. */
    public Manner spoiling() {
      return new Manner(status, most, ranges, shift, announced, chunked, true, gate, headers);
    }
  }

  /** A request that came. Headers by name in lower case. */
  public record Asked(String path, Map<String, String> headers) {
    /** A header; "" for none. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private FileServer(byte[] content) throws IOException {
    this.content = content;
    server = new ServerSocket(0, 100, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread.ofVirtual().start(this::accept);
  }

  /** One that serves so many bytes, which look like nothing in particular. */
  public static FileServer of(int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return new FileServer(content);
  }

  /** How the next requests are answered, one after another; afterwards as usual. */
  public void next(Manner... manners) {
    next.addAll(Arrays.asList(manners));
  }

  /** How requests are answered otherwise. */
  public void usually(Manner manner) {
    usual = manner;
  }

  /** Another file from now on. */
  public void replace(byte[] other, String newEtag) {
    content = other;
    etag = newEtag;
  }

  /** The file. */
  public byte[] content() {
    return content.clone();
  }

  /** Its sha256. */
  public String sha256() {
    try {
      return HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was asked so far. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** An address of it. */
  public String url(String path) {
    return "http://127.0.0.1:" + server.getLocalPort() + path;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Asked request = read(socket);
      asked.add(request);
      Manner manner = next.poll();
      answer(request, manner == null ? usual : manner, socket.getOutputStream());
    } catch (IOException | InterruptedException e) {
      // Whoever asked has left, or the test is over.
    } finally {
      open.remove(socket);
    }
  }

  private static Asked read(Socket socket) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    String first = reader.readLine();
    if (first == null) {
      throw new IOException("nothing was asked");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = reader.readLine(); line != null && !line.isEmpty(); ) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
          line.substring(colon + 1).strip());
      line = reader.readLine();
    }
    return new Asked(first.split(" ", 3)[1], headers);
  }

  private void answer(Asked request, Manner manner, OutputStream out)
      throws IOException, InterruptedException {
    byte[] whole = content;
    int from = manner.ranges() ? from(request) : 0;
    boolean past = from >= whole.length;
    int status = manner.status() != 0 ? manner.status() : past ? 416 : from > 0 ? 206 : 200;
    byte[] body = status < 300 ? Arrays.copyOfRange(whole, from, whole.length) : new byte[0];
    if (manner.spoilt() && body.length > 0) {
      body[body.length / 2] ^= 1;
    }
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
    head.append("Connection: close\r\nETag: ").append(etag).append("\r\n");
    if (manner.chunked()) {
      head.append("Transfer-Encoding: chunked\r\n");
    } else {
      head.append("Content-Length: ").append(body.length + manner.announced()).append("\r\n");
    }
    if (status == 206) {
      int said = from + manner.shift();
      int total = whole.length + manner.announced();
      head.append("Content-Range: bytes " + said + "-" + (total - 1) + "/" + total + "\r\n");
    } else if (status == 416) {
      head.append("Content-Range: bytes */" + whole.length + "\r\n");
    }
    manner.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    send(body, manner, out);
  }

  private int from(Asked request) {
    String range = request.header("range");
    String condition = request.header("if-range");
    boolean holds = condition.isEmpty() || condition.equals(etag);
    return range.startsWith("bytes=") && holds
        ? Integer.parseInt(range.substring(6, range.indexOf('-')))
        : 0;
  }

  private static void send(byte[] body, Manner manner, OutputStream out)
      throws IOException, InterruptedException {
    int most = manner.most() < 0 ? body.length : Math.min(manner.most(), body.length);
    pieces(body, 0, most, manner, out);
    if (most < body.length || manner.gate() != null) {
      if (manner.gate() == null) {
        return;
      }
      manner.gate().await();
      pieces(body, most, body.length, manner, out);
    }
    if (manner.chunked()) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    out.flush();
  }

  private static void pieces(byte[] body, int from, int to, Manner manner, OutputStream out)
      throws IOException {
    for (int at = from; at < to; at += PIECE) {
      int length = Math.min(PIECE, to - at);
      if (manner.chunked()) {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      }
      out.write(body, at, length);
      if (manner.chunked()) {
        out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    out.flush();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
