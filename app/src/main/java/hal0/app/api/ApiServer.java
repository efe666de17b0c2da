package hal0.app.api;

import hal0.app.auth.Guard;
import hal0.app.auth.Peers;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server. A thread of its own for each request. */
public final class ApiServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
  private static final int THREADS = 8;
  private static final int HEADERS = 16 << 10;
  private static final long IDLE_MILLIS = 30_000;
  private static final long STOP_MILLIS = 3000;

  /**
   * Jetty tells of its own starts, and of every request that it does not like: nobody shall fill
   * our log that way. Held, since a logger that nobody holds forgets its level.
   */
  private static final List<Logger> TALKATIVE =
      List.of(
          Logger.getLogger("org.eclipse.jetty"),
          Logger.getLogger("org.eclipse.jetty.http"),
          Logger.getLogger("org.eclipse.jetty.util.HostPort"));

  private final Server server;
  private final ServerConnector connector;
  private final InetSocketAddress listen;
  private final Surroundings surroundings;
  private final Optional<LocalSocket> socket;
  private AutoCloseable socketLock = () -> {};

  /**
   * Makes the server; {@link #start} starts it.
   *
   * @param listen where it listens; port 0 for any free one
   * @param socket where it listens beside that
   */
  public ApiServer(
      InetSocketAddress listen,
      Optional<LocalSocket> socket,
      Guard guard,
      Routes routes,
      Limits limits,
      Clockwork clockwork) {
    this.socket = socket;
    TALKATIVE.forEach(logger -> logger.setLevel(Level.SEVERE));
    TALKATIVE.getFirst().setLevel(Level.WARNING);
    this.listen = listen;
    this.surroundings = Surroundings.of(limits, clockwork);
    server = new Server(threads());
    server.setErrorHandler(new ServerErrors());
    server.setStopTimeout(STOP_MILLIS);
    Peers peers = new Peers(socket.filter(LocalSocket::system).isPresent());
    server.setHandler(new GracefulHandler(new RootHandler(routes, guard, peers, surroundings)));
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
    connector.setHost(
        listen.getAddress() == null
            ? listen.getHostString()
            : listen.getAddress().getHostAddress());
    connector.setPort(listen.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setShutdownIdleTimeout(100);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), server));
  }

  /**
   * Two that read connections and let them in, and a virtual one for each request that may wait. A
   * selector on a virtual thread would hold up its carrier each time it waits.
   */
  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("hal0-http");
    threads.setReservedThreads(0);
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("hal0-http-"));
    return threads;
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(HEADERS);
    // Paths are taken apart by UrlText, strictly; Jetty's own opinion of them would only be a
    // second one.
    configuration.setUriCompliance(UriCompliance.UNSAFE);
    return configuration;
  }

  /**
   * Begins to listen.
   *
   * @throws IOException if the address cannot be had; the message names it
   */
  public void start() throws IOException {
    try {
      server.start();
    } catch (Exception e) {
      close();
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      String where = listen.getHostString() + ":" + listen.getPort();
      throw new IOException("cannot listen on " + where + ": " + cause.getMessage(), e);
    }
    socket.ifPresent(this::open);
  }

  /** A daemon without its socket is still of use: its address is asked instead. */
  private void open(LocalSocket local) {
    try {
      var http = new HttpConnectionFactory(configuration());
      socketLock = local.open(server, http, IDLE_MILLIS, surroundings.clockwork());
      LOG.log(System.Logger.Level.INFO, "listening on " + local.path());
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "not listening on " + local.path() + ": " + e.getMessage());
    }
  }

  /** How many streams are open. */
  public int openStreams() {
    return surroundings.limits().streams() - surroundings.streams().availablePermits();
  }

  /** Where it listens, with the port that it got. */
  public InetSocketAddress address() {
    return new InetSocketAddress(connector.getHost(), connector.getLocalPort());
  }

  /** Ends when {@link #close()} begins: streams and those who wait for a command end with it. */
  public CompletableFuture<Void> stopping() {
    return surroundings.stopping();
  }

  /** Stops listening and ends what is open. Commands go on: the slots own them. */
  @Override
  public void close() {
    surroundings.stopping().complete(null);
    try {
      server.stop();
      socketLock.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "the API did not end in order", e);
    }
  }
}
