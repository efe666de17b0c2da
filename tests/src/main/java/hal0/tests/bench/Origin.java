package hal0.tests.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A server that costs as little as possible, with one thread for all: what stands behind a gateway
 * that is measured. Its answers are a llama-server's with the model "tiny", a stream with an event
 * each second, and on {@code /v1/big} a GiB of zeros.
 */
final class Origin {
  /** How much {@code /v1/big} answers. */
  static final long BIG = 1L << 30;

  private static final int BACKLOG = 4096;
  private static final long EVENT_MILLIS = 1000;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 17);
  private static final String EVENT =
      "data: {\"choices\":[{\"delta\":{\"content\":\"word \"}}]}\n\n";
  private static final ByteBuffer CHUNK =
      bytes(Integer.toHexString(EVENT.length()) + "\r\n" + EVENT + "\r\n");
  private static final ByteBuffer STREAM =
      bytes(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
              + StandardCharsets.US_ASCII.decode(CHUNK.duplicate()));
  private static final ByteBuffer HEALTH = answer("{\"status\":\"ok\"}");
  private static final ByteBuffer MODELS =
      answer("{\"object\":\"list\",\"data\":[{\"id\":\"tiny\"}]}");
  private static final ByteBuffer CHAT =
      answer(
          "{\"object\":\"chat.completion\",\"model\":\"tiny\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello,"
              + " how are you today?\"},"
              + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,"
              + "\"completion_tokens\":7,\"total_tokens\":16}}");
  private static final ByteBuffer HEAD_OF_BIG =
      bytes(
          "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
              + BIG
              + "\r\n\r\n");

  private final Selector selector = Selector.open();
  private final Set<Line> streams = new HashSet<>();

  private Origin(int port) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress("127.0.0.1", port), BACKLOG);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Serves on the port that is its only argument until it is ended. */
  public static void main(String[] arguments) throws IOException {
    new Origin(Integer.parseInt(arguments[0])).serve();
  }

  /** A command that runs one; the port follows. */
  static List<String> command() {
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-XX:+UseSerialGC",
        "-Xmx128m",
        "-XX:-UsePerfData",
        "-cp",
        Path.of("tests/target/classes").toAbsolutePath().toString(),
        Origin.class.getName());
  }

  private static ByteBuffer bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static ByteBuffer answer(String json) {
    return bytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length()
            + "\r\n\r\n"
            + json);
  }

  private void serve() throws IOException {
    long next = System.currentTimeMillis() + EVENT_MILLIS;
    while (true) {
      selector.select(this::handle, Math.max(1, next - System.currentTimeMillis()));
      if (System.currentTimeMillis() >= next) {
        next += EVENT_MILLIS;
        Set.copyOf(streams).forEach(line -> line.safely(() -> line.send(CHUNK)));
      }
    }
  }

  private void handle(SelectionKey key) {
    if (key.attachment() instanceof Line line) {
      line.safely(key.isReadable() ? line::read : line::goOn);
      return;
    }
    try {
      SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
      if (channel != null) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Line line = new Line(channel);
        line.key = channel.register(selector, SelectionKey.OP_READ, line);
      }
    } catch (IOException gone) {
      // It left before it was let in.
    }
  }

  private interface Act {
    void run() throws IOException;
  }

  /** One connection. Whoever asks waits for the answer before asking again. */
  private final class Line {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(4096);
    private SelectionKey key;
    private long rest;

    private Line(SocketChannel channel) {
      this.channel = channel;
    }

    private void safely(Act act) {
      try {
        act.run();
      } catch (IOException gone) {
        end();
      }
    }

    private void end() {
      streams.remove(this);
      try {
        channel.close();
      } catch (IOException closed) {
        // As it should be.
      }
    }

    private void read() throws IOException {
      if (channel.read(in) < 0) {
        end();
        return;
      }
      String text = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
      int end = text.indexOf("\r\n\r\n");
      if (end >= 0 && text.length() >= end + 4 + length(text)) {
        in.clear();
        answer(text);
      }
    }

    private static int length(String text) {
      String name = "Content-Length: ";
      int at = text.indexOf(name);
      int from = at + name.length();
      return at < 0 ? 0 : Integer.parseInt(text.substring(from, text.indexOf('\r', from)));
    }

    private void answer(String request) throws IOException {
      if (request.startsWith("GET /health ")) {
        send(HEALTH);
      } else if (request.startsWith("GET /v1/models ")) {
        send(MODELS);
      } else if (request.startsWith("GET /v1/big ")) {
        rest = BIG;
        send(HEAD_OF_BIG);
        goOn();
      } else if (request.contains("\"stream\":true")) {
        streams.add(this);
        send(STREAM);
      } else {
        send(CHAT);
      }
    }

    /** Answers are small: whoever does not take one at once is not measured any more. */
    private void send(ByteBuffer answer) throws IOException {
      ByteBuffer all = answer.duplicate();
      channel.write(all);
      if (all.hasRemaining()) {
        throw new IOException("not read");
      }
    }

    private void goOn() throws IOException {
      while (rest > 0) {
        ByteBuffer part = ZEROS.duplicate();
        part.limit((int) Math.min(part.capacity(), rest));
        int written = channel.write(part);
        rest -= written;
        if (written == 0) {
          break;
        }
      }
      key.interestOps(rest > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
  }
}
