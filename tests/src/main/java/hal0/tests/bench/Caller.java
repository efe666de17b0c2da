package hal0.tests.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One kept connection that asks, and reads as little of the answers as it must. For one thread. */
final class Caller implements AutoCloseable {
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
  private static final byte[] EVENT = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(1 << 17);

  Caller(int port) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /** A request for a chat's answer. */
  static ByteBuffer chat(String model, boolean stream) {
    String body =
        "{\"model\":\""
            + model
            + "\",\"stream\":"
            + stream
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello, who are you?\"}]}";
    return request("POST /v1/chat/completions", body);
  }

  /** A request without a body. */
  static ByteBuffer get(String path) {
    return request("GET " + path, "");
  }

  private static ByteBuffer request(String line, String body) {
    String length =
        body.isEmpty()
            ? ""
            : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n";
    String text = line + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n" + body;
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** Asks and reads the answer, which has a length, to its end; returns its status. */
  int ask(ByteBuffer request) throws IOException {
    channel.write(request.duplicate());
    in.clear();
    while (!isWhole(in)) {
      fill();
    }
    return (in.get(9) - '0') * 100 + (in.get(10) - '0') * 10 + in.get(11) - '0';
  }

  /** Asks for a stream and returns once its first event has begun. */
  void begin(ByteBuffer request) throws IOException {
    channel.write(request.duplicate());
    in.clear();
    while (find(in, EVENT, 0) < 0) {
      fill();
    }
  }

  /** Asks and reads the answer, of that many bytes after its head, as fast as it comes. */
  void readAll(ByteBuffer request, long length) throws IOException {
    channel.write(request.duplicate());
    in.clear();
    while (find(in, END_OF_HEAD, 0) < 0) {
      fill();
    }
    long head = find(in, END_OF_HEAD, 0);
    long read = in.position() - head - END_OF_HEAD.length;
    while (read < length) {
      in.clear();
      fill();
      read += in.position();
    }
  }

  private void fill() throws IOException {
    if (channel.read(in) < 0) {
      throw new IOException("the connection was closed");
    }
  }

  /** Whether an answer with a length is all there. */
  static boolean isWhole(ByteBuffer in) {
    int head = find(in, END_OF_HEAD, 0);
    if (head < 0) {
      return false;
    }
    int at = find(in, LENGTH, 0) + LENGTH.length;
    int length = 0;
    for (; in.get(at) != '\r'; at++) {
      length = length * 10 + in.get(at) - '0';
    }
    return in.position() >= head + END_OF_HEAD.length + length;
  }

  /** Where {@code word}, in lower case, is in what was read; -1 where it is not. */
  private static int find(ByteBuffer in, byte[] word, int from) {
    for (int at = from; at <= in.position() - word.length; at++) {
      int same = 0;
      while (same < word.length && lower(in.get(at + same)) == word[same]) {
        same++;
      }
      if (same == word.length) {
        return at;
      }
    }
    return -1;
  }

  private static int lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
