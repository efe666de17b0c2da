package hal0.tests.bed.standin;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The stand-in's main class; see {@link Options} for its command line and {@link Behaviour} for
 * what it can be told.
 */
public final class StandIn {
  private static final int BACKLOG = 200;

  private final Options options;
  private final Behaviour behaviour;
  private final Answers answers;

  private StandIn(Options options) {
    this.options = options;
    behaviour = new Behaviour(options.model());
    answers = new Answers(options, behaviour);
  }

  /**
   * Serves until it is ended: exit code 0 on SIGTERM, as llama-server; 2 for a wrong command line.
   */
  public static void main(String[] arguments) throws IOException {
    Options options;
    try {
      options = Options.of(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("StandIn: " + e.getMessage() + "\n" + Options.USAGE);
      Runtime.getRuntime().halt(2);
      return;
    }
    new StandIn(options).serve();
  }

  /**
   * The start of a command that runs a stand-in on this process's own JDK and classes; its
   * arguments follow. It starts in a few tenths of a second.
   */
  public static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-Xshare:auto",
        "-Xmx256m",
        "-Xss256k",
        "-cp",
        classes().toString(),
        StandIn.class.getName());
  }

  private static Path classes() {
    try {
      return Path.of(StandIn.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve() throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::terminate));
    if (!options.control().isEmpty() && Files.exists(Path.of(options.control()))) {
      Files.readAllLines(Path.of(options.control())).forEach(behaviour::apply);
    }
    options.commands().forEach(behaviour::apply);
    Behaviour.pause(options.refuseMs());
    if (!options.kind().answersWhileLoading()) {
      Behaviour.pause(options.loadMs());
    }
    try (ServerSocket server =
        new ServerSocket(options.port(), BACKLOG, InetAddress.getByName("127.0.0.1"))) {
      Thread.ofPlatform().daemon().start(this::load);
      while (true) {
        Socket socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> connection(socket));
      }
    }
  }

  private void load() {
    if (options.kind().answersWhileLoading()) {
      Behaviour.pause(options.loadMs());
    }
    answers.setLoaded();
  }

  /** Runs on SIGTERM. */
  private void terminate() {
    while (behaviour.ignoresTerm()) {
      Behaviour.pause(1_000);
    }
    Runtime.getRuntime().halt(0);
  }

  private void connection(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream())) {
      socket.setTcpNoDelay(true);
      for (Exchange next = Exchange.read(in, out); next != null; next = Exchange.read(in, out)) {
        answers.answer(next, in);
        if (!next.keeps()) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away, or sent no HTTP: its connection is closed, nobody else minds.
    }
  }
}
