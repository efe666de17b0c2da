package hal0.app.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** A real {@code zenohd}, alone on two free ports. */
final class ZenohdRouter implements Router {
  private final String program;
  private final int rest = free();
  private final int tcp = free();
  private Process process;

  ZenohdRouter(String program) throws IOException, InterruptedException {
    this.program = program;
    start();
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public String url() {
    return "http://127.0.0.1:" + rest;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                program,
                "--no-multicast-scouting",
                "--listen",
                "tcp/127.0.0.1:" + tcp,
                "--rest-http-port",
                "127.0.0.1:" + rest)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isListening()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException(program + " does not listen on " + rest);
      }
      Thread.sleep(50);
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket("127.0.0.1", rest)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void stop() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
