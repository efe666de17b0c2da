package hal0.slots.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * As much of an HTTP client as probes need: 127.0.0.1 only, no proxy, no redirects, no retries, no
 * cookies, no compression, and a new connection for each request, so that a kept one that has died
 * is never taken for a refusal. It has no limits of time: a probe has one deadline, and cancels its
 * call then. Safe for use by many threads.
 *
 * <p>A slot is asked every few seconds for months: such a request costs a third of one of a whole
 * client's, which was most of what an idle daemon cost.
 */
final class LoopbackClient {
  /** How much of a body is read, in bytes. */
  static final int BODY_LIMIT = 1 << 20;

  private static final String ENCODED = "\"<>\\^`{|}";

  private final LoopbackSockets sockets;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  LoopbackClient() {
    this(new LoopbackSockets());
  }

  LoopbackClient(LoopbackSockets sockets) {
    this.sockets = sockets;
  }

  /**
   * A request that has not been sent.
   *
   * @param path with its query, as the slot file has it
   * @param post a JSON body to post; empty: GET
   * @param key the upstream's key
   * @param connecting runs when the connection is about to be made
   * @throws IllegalArgumentException when the key can't be part of a request
   */
  LoopbackCall newCall(
      int port, String path, Optional<String> post, Optional<String> key, Runnable connecting) {
    String target = target(path);
    StringBuilder head = new StringBuilder(256);
    head.append(post.isPresent() ? "POST " : "GET ")
        .append(target)
        .append(" HTTP/1.1\r\nHost: 127.0.0.1:")
        .append(port)
        .append("\r\nAccept: application/json, */*;q=0.1\r\nAccept-Encoding: identity")
        .append("\r\nConnection: close\r\nUser-Agent: hal0\r\n");
    key.ifPresent(
        secret -> head.append("Authorization: Bearer ").append(visible(secret)).append("\r\n"));
    byte[] body = post.orElse("").getBytes(StandardCharsets.UTF_8);
    if (post.isPresent()) {
      head.append("Content-Type: application/json\r\nContent-Length: ")
          .append(body.length)
          .append("\r\n");
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream(head.length() + body.length + 2);
    request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    int query = target.indexOf('?');
    String asked = Details.brief(query < 0 ? target : target.substring(0, query));
    return new LoopbackCall(this, port, asked, request.toByteArray(), connecting);
  }

  /** How many connections are open; none between two questions. */
  int connections() {
    return open.size();
  }

  /**
   * Sends the request and waits for the answer, on the caller's thread; cancelling the call ends
   * the wait.
   */
  static Answer ask(LoopbackCall call) {
    boolean begun = false;
    try (call) {
      HttpAnswer answer = call.send();
      begun = true;
      return read(call.path(), answer);
    } catch (IOException | RuntimeException e) {
      return new Answer.Silence(Silences.of(e, call.path(), call.port(), begun));
    }
  }

  private static Answer read(String path, HttpAnswer answer) throws IOException {
    long announced = answer.announced().orElse(0L);
    if (announced > BODY_LIMIT) {
      return new Answer.Reply(path, answer.status(), new byte[0], announced);
    }
    byte[] body = answer.body(BODY_LIMIT + 1);
    if (body.length <= BODY_LIMIT) {
      return new Answer.Reply(path, answer.status(), body, body.length);
    }
    byte[] start = java.util.Arrays.copyOf(body, BODY_LIMIT);
    return new Answer.Reply(path, answer.status(), start, -1);
  }

  Socket open() {
    Socket socket = sockets.createSocket();
    open.add(socket);
    return socket;
  }

  void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // Closed or not, nobody uses it any more.
    }
  }

  /** As it goes over the wire; a fragment stays here. */
  private static String target(String path) {
    int fragment = path.indexOf('#');
    String whole = fragment < 0 ? path : path.substring(0, fragment);
    StringBuilder target = new StringBuilder(whole.startsWith("/") ? "" : "/");
    for (byte one : whole.getBytes(StandardCharsets.UTF_8)) {
      if (one <= ' ' || one == 0x7f || ENCODED.indexOf(one) >= 0) {
        target.append('%').append(String.format("%02X", one & 0xff));
      } else {
        target.append((char) one);
      }
    }
    return target.toString();
  }

  private static String visible(String secret) {
    if (!secret.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t')) {
      throw new IllegalArgumentException("no header can carry this key");
    }
    return secret;
  }
}
