package hal0.slots.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hal0.slots.listener.PortTraffic.Moved;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's counters on real connections, and what they are taken for. */
class PortTrafficTest {
  private static final long DEADLINE = 60_000_000_000L;

  private final SockDiag diag = new SockDiag();

  /** With INET6 the connection comes as 127.0.0.1 to a server that listens on every address. */
  @ParameterizedTest
  @EnumSource(
      value = StandardProtocolFamily.class,
      names = {"INET", "INET6"})
  void whatAServerHasReadAndWrittenIsCounted(ProtocolFamily family) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocketChannel server = ServerSocketChannel.open(family)) {
      boolean four = family == StandardProtocolFamily.INET;
      server.bind(four ? new InetSocketAddress(loopback, 0) : new InetSocketAddress(0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      assertThat(diag.look(port)).isEmpty();
      try (SocketChannel client = SocketChannel.open(new InetSocketAddress(loopback, port))) {
        client.write(ByteBuffer.allocate(1000));
        try (SocketChannel served = server.accept()) {
          read(served, 400);
          // What waits to be read is not counted; it came in one piece, so that it is all there.
          assertThat(diag.look(port))
              .singleElement()
              .matches(one -> one.read() == 400 && one.written() == 0);
          served.write(ByteBuffer.allocate(300));
          // The client's kernel acknowledges when it likes.
          Moved after = await(port, look -> look.getFirst().taken() == 300).getFirst();
          assertThat(after).isEqualTo(new Moved(after.connection(), 300, 300, 400));
        }
      }
    }
  }

  private static void read(SocketChannel from, int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(bytes);
    while (into.hasRemaining()) {
      assertThat(from.read(into)).isPositive();
    }
  }

  private List<Moved> await(int port, Predicate<List<Moved>> wanted) throws IOException {
    long begun = System.nanoTime();
    List<Moved> look = diag.look(port);
    while (!wanted.test(look) && System.nanoTime() - begun < DEADLINE) {
      look = diag.look(port);
    }
    return look;
  }

  @Test
  void manyConnectionsAreAllSeen() throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    List<SocketChannel> clients = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(loopback, 0), 300);
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      for (int i = 0; i < 250; i++) {
        clients.add(SocketChannel.open(new InetSocketAddress(loopback, port)));
      }
      List<Moved> all = await(port, look -> look.size() == 250);
      assertThat(all.stream().map(Moved::connection).distinct()).hasSize(250);
    } finally {
      for (SocketChannel client : clients) {
        client.close();
      }
    }
  }

  @Test
  void anAnswerThatMakesNoSenseIsAnError() {
    ByteBuffer torn = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    torn.putInt(0, 4000);
    assertThatThrownBy(() -> SockDiag.read(torn, new ArrayList<>()))
        .isInstanceOf(IOException.class);
    ByteBuffer refused = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    refused.putInt(0, 20).putShort(4, (short) 2).putInt(16, -1);
    assertThatThrownBy(() -> SockDiag.read(refused, new ArrayList<>()))
        .hasMessageContaining("error 1");
  }

  @Test
  void whatCountsAsMovement() {
    Movement movement = new Movement();
    assertThat(movement.since(List.of())).as("nothing").isFalse();
    assertThat(movement.since(List.of(new Moved(1, 0, 0, 90)))).as("a request alone").isFalse();
    assertThat(movement.since(List.of(new Moved(1, 0, 0, 90)))).as("nothing more").isFalse();
    assertThat(movement.since(List.of(new Moved(2, 0, 0, 90)))).as("another request").isFalse();
    assertThat(movement.since(List.of(new Moved(2, 0, 0, 91)))).as("it reads on").isTrue();
    assertThat(movement.since(List.of(new Moved(2, 5, 0, 91)))).as("it writes").isTrue();
    assertThat(movement.since(List.of(new Moved(2, 5, 5, 91)))).as("that is taken").isTrue();
    assertThat(movement.since(List.of(new Moved(2, 5, 5, 91)))).as("and no more").isFalse();
    assertThat(movement.since(List.of(new Moved(3, 5, 5, 91)))).as("new, answered").isTrue();
    assertThat(movement.since(List.of())).as("its end").isFalse();
  }
}
