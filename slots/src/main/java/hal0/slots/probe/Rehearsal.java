package hal0.slots.probe;

import hal0.slots.spec.Provider;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A probe of nobody: it loads and links what the first real probe would have to wait for. */
final class Rehearsal {
  private static final String BODY =
      "{\"object\":\"list\",\"data\":[{\"id\":\"none\",\"status\":{\"value\":\"loaded\"}}]}";
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
          + BODY.length()
          + "\r\n\r\n"
          + BODY;

  private Rehearsal() {}

  /** What the rehearsed probe found, for a test that wants to see that it went to its end. */
  static Finding run() {
    LoopbackClient client = new LoopbackClient(new PlayedSockets());
    Answer answer =
        LoopbackClient.ask(
            client.newCall(1, "/health", Optional.empty(), Optional.empty(), () -> {}));
    return switch (answer) {
      case Answer.Silence silence -> silence.finding();
      case Answer.Reply reply -> {
        Judge judge = new Judge(Provider.LLAMA_SERVER, true, true);
        yield judge.health(reply).orElseGet(() -> judge.list(reply, "/health"));
      }
    };
  }

  private static final class PlayedSockets extends LoopbackSockets {
    @Override
    public Socket createSocket() {
      return new PlayedSocket();
    }
  }

  /** Connected with a server that knows one answer. */
  private static final class PlayedSocket extends Socket {
    private final InputStream in =
        new ByteArrayInputStream(ANSWER.getBytes(StandardCharsets.US_ASCII));

    PlayedSocket() {
      super(Proxy.NO_PROXY);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) {
      // Nobody is called.
    }

    @Override
    public InputStream getInputStream() {
      return in;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }
  }
}
