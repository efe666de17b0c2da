package hal0.tests.bed;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A stand-in that listens on a port, whoever started it. Safe for use by many threads. */
public final class Upstream implements AutoCloseable {
  private final int port;
  private final Process process;

  private Upstream(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** The one that a slot's unit runs, or will run, on this port; closing it does nothing. */
  public static Upstream on(int port) {
    return new Upstream(port, null);
  }

  /**
   * Starts one as a child of this process, on a free port, and returns at once.
   *
   * @param arguments of {@link StandIn}, without {@code --port}
   */
  public static Upstream start(String... arguments) {
    int port = Ports.free();
    List<String> argv = new ArrayList<>(StandIn.command());
    argv.addAll(List.of("--port", Integer.toString(port)));
    argv.addAll(List.of(arguments));
    try {
      return new Upstream(port, new ProcessBuilder(argv).inheritIO().start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Its process; only of one that was started here. */
  public Process process() {
    return process;
  }

  /** Waits until it listens. */
  public Upstream awaitListening() {
    Await.until("a stand-in on port " + port, Await.LONG, this::isListening);
    return this;
  }

  private boolean isListening() {
    try {
      return get("/_seen").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Asks it something. */
  public Answer get(String path) {
    return Http.send("GET", uri(path), null);
  }

  /** Sends it JSON. */
  public Answer post(String path, String body) {
    return Http.send("POST", uri(path), body);
  }

  /**
   * Tells it how to behave from now on: control lines of {@code Behaviour}. One that is told to
   * end, ends.
   */
  public void tell(String lines) {
    try {
      post("/_control", lines).with(200);
    } catch (UncheckedIOException e) {
      if (!lines.startsWith("exit")) {
        throw e;
      }
    }
  }

  /** What it was asked on {@code /v1/*} so far: total, in_flight, aborted, requests. */
  public JsonNode seen() {
    return get("/_seen").with(200);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Kills it, where it was started here. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
