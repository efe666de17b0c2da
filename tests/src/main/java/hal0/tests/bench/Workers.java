package hal0.tests.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Pong;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerException;
import hal0.tests.bed.Await;
import hal0.tests.worker.RawClient;
import hal0.tests.worker.TrialWorker;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A worker: what a call of 1 KiB costs beside a bare echo over a Unix socket, and how pings fare
 * while the data side works as fast as it can; how quickly it is up and gone.
 */
final class Workers {
  private static final int CALLS = 20_000;
  private static final int WARM = 20_000;
  private static final int PINGS = 3000;
  private static final int STARTS = 10;
  private static final int KIB = 1024;
  private static final int PING_BYTES = 26;

  private Workers() {}

  static Void run() throws Exception {
    starts();
    Path socket = Files.createTempDirectory("hal0-echo-").resolve("s");
    Process echo = BareEcho.start(socket);
    try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{}");
        SocketChannel bare = connected(socket)) {
      worker.await(Pong.State.READY);
      calls(worker, bare);
      pings(worker, 1, bare);
      pings(worker, 4, bare);
    } finally {
      echo.destroy();
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
    }
    return null;
  }

  private static void starts() throws Exception {
    Samples up = new Samples();
    Samples gone = new Samples();
    for (int start = 0; start < STARTS; start++) {
      long begin = System.nanoTime();
      try (TrialWorker worker = TrialWorker.start(Role.CHAT, "{}")) {
        worker.await(Pong.State.READY);
        up.since(begin);
        try (RawClient health = new RawClient(worker.sockets().health())) {
          worker.channel().shutdown(TrialWorker.LONG);
          long ack = System.nanoTime();
          while (health.receive() != null) {
            continue;
          }
          gone.since(ack);
        }
      }
    }
    Samples.print("worker, launch to ready: %s", up);
    Samples.print("worker, ack of a shutdown to the end of its loop: %s", gone);
  }

  /** In turns, so that both meet the same machine. */
  private static void calls(TrialWorker worker, SocketChannel echo) throws Exception {
    ObjectNode body = TrialWorker.chat("x".repeat(KIB));
    Samples call = new Samples();
    Samples bare = new Samples();
    ByteBuffer bytes = ByteBuffer.allocate(KIB);
    for (int round = -WARM; round < CALLS; round++) {
      long begin = System.nanoTime();
      worker.channel().call(Role.CHAT, body, TrialWorker.LONG);
      long called = System.nanoTime() - begin;
      long echoed = BareEcho.exchange(echo, bytes);
      if (round >= 0) {
        call.add(called / 1e6);
        bare.add(echoed / 1e6);
      }
    }
    Samples.print("worker, a call of 1 KiB: %s", micros(call));
    Samples.print("     beside a bare echo of 1 KiB: %s", micros(bare));
    Samples.print("     overhead, median: %.0f µs", (call.at(50) - bare.at(50)) * 1000);
  }

  private static void pings(TrialWorker worker, int callers, SocketChannel echo) throws Exception {
    Samples ping = new Samples();
    Samples bare = new Samples();
    ByteBuffer bytes = ByteBuffer.allocate(PING_BYTES);
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong calls = new AtomicLong();
    Thread[] load = new Thread[callers];
    for (int caller = 0; caller < callers; caller++) {
      load[caller] = Thread.ofPlatform().start(() -> load(worker, over, calls));
    }
    long begin = System.nanoTime();
    for (int round = 0; round < PINGS; round++) {
      long asked = System.nanoTime();
      worker.channel().ping(TrialWorker.LONG);
      ping.since(asked);
      Thread.sleep(1);
      bare.add(BareEcho.exchange(echo, bytes) / 1e6);
      Thread.sleep(1);
    }
    long rate = calls.get() * 1_000_000_000L / (System.nanoTime() - begin);
    over.set(true);
    for (Thread one : load) {
      one.join();
    }
    Samples.print("worker, a ping beside %d callers (%d calls a second): %s", callers, rate, ping);
    Samples.print("     beside a bare echo at the same time: %s", bare);
  }

  /** Calls of a thousand words each, streamed. */
  private static void load(TrialWorker worker, AtomicBoolean over, AtomicLong calls) {
    ObjectNode body = TrialWorker.chat("word ".repeat(1000)).put("stream", true);
    while (!over.get()) {
      try (WorkerCall call = worker.channel().begin(Role.CHAT, body, Limits.of(TrialWorker.LONG))) {
        call.result();
        calls.incrementAndGet();
      } catch (WorkerException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static SocketChannel connected(Path socket) throws IOException {
    Await.until("the echo", Await.LONG, () -> Files.exists(socket));
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  private static String micros(Samples samples) {
    return String.format(
        java.util.Locale.ROOT,
        "median %.0f µs, p95 %.0f, p99 %.0f",
        samples.at(50) * 1000,
        samples.at(95) * 1000,
        samples.at(99) * 1000);
  }
}
