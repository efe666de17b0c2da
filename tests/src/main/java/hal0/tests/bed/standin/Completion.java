package hal0.tests.bed.standin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** An answer to a chat, whole or in pieces, that ends as soon as its reader goes away. */
final class Completion {
  private static final Pattern STREAM = Pattern.compile("\"stream\"\\s*:\\s*true");

  private final Exchange exchange;
  private final Behaviour behaviour;
  private final CountDownLatch left = new CountDownLatch(1);

  Completion(Exchange exchange, Behaviour behaviour) {
    this.exchange = exchange;
    this.behaviour = behaviour;
  }

  /** Answers; false where the reader went away before the end. */
  boolean run(InputStream in) throws IOException {
    Thread.ofPlatform().daemon().start(() -> watch(in));
    try {
      return STREAM.matcher(exchange.text()).find() ? stream() : whole();
    } catch (IOException e) {
      return false;
    }
  }

  /** The client sends nothing more, so the end of its stream is its leaving. */
  private void watch(InputStream in) {
    try {
      while (in.read() >= 0) {
        // A pipelined request would be lost: nobody sends one behind a completion.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    left.countDown();
  }

  private boolean leftWithin(long millis) {
    try {
      return left.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Waits for the time of piece {@code i}; false where there will be none. */
  private boolean piece(int i) throws IOException {
    if (i == behaviour.breakAt()) {
      throw new IOException("told to break off");
    }
    if (i == behaviour.silentAt()) {
      return !leftWithin(Long.MAX_VALUE);
    }
    return !leftWithin(behaviour.tokenMs());
  }

  private boolean stream() throws IOException {
    exchange.begin(200, "text/event-stream");
    for (int i = 0; i < behaviour.tokens(); i++) {
      if (!piece(i)) {
        return false;
      }
      event(
          "{\"object\":\"chat.completion.chunk\",\"model\":"
              + Json.quote(behaviour.model())
              + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word"
              + i
              + " \"},\"finish_reason\":null}]}");
    }
    event("[DONE]");
    exchange.chunk(new byte[0]);
    return true;
  }

  private void event(String data) throws IOException {
    exchange.chunk(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  private boolean whole() throws IOException {
    StringBuilder content = new StringBuilder();
    for (int i = 0; i < behaviour.tokens(); i++) {
      if (!piece(i)) {
        return false;
      }
      content.append("word").append(i).append(' ');
    }
    exchange.begin(200, "application/json");
    exchange.chunk(
        ("{\"object\":\"chat.completion\",\"model\":"
                + Json.quote(behaviour.model())
                + ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
                + Json.quote(content.toString())
                + "},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":"
                + behaviour.tokens()
                + "}}")
            .getBytes(StandardCharsets.UTF_8));
    exchange.chunk(new byte[0]);
    return true;
  }
}
