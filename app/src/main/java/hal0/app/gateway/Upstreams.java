package hal0.app.gateway;

import hal0.app.gateway.worker.WorkerBridge;
import hal0.slots.SlotView;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.ProcessingProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The connections to the upstreams, which are kept for the next request. */
final class Upstreams implements AutoCloseable {
  private static final long CONNECT_MILLIS = 5000;

  /**
   * Servers that close a quiet connection do so after 5 s or later: closed before, none is used in
   * the moment in which it ends.
   */
  private static final long QUIET_MILLIS = 3000;

  private static final int CONNECTIONS = 10_000;
  private static final int HEADERS = 64 << 10;
  private static final int BUFFER = 16 << 10;
  private static final int THREADS = 16;

  private final HttpClient client;
  private final WorkerBridge workers;

  Upstreams(WorkerBridge workers) {
    this.workers = workers;
    ClientConnector connector = new PatientConnector();
    connector.setSelectors(1);
    HttpClientTransportOverHTTP transport = new HttpClientTransportOverHTTP(connector);
    // Nothing that a relay does with an answer waits: it is passed on by the thread that reads it.
    transport.setInvocationType(InvocationType.NON_BLOCKING);
    client = new HttpClient(transport);
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
    threads.setName("hal0-gateway");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    client.setExecutor(threads);
    client.setName("hal0-gateway");
    client.setConnectTimeout(CONNECT_MILLIS);
    client.setIdleTimeout(QUIET_MILLIS);
    client.setMaxConnectionsPerDestination(CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(CONNECTIONS);
    client.setMaxRequestHeadersSize(HEADERS);
    client.setMaxResponseHeadersSize(HEADERS);
    client.setResponseBufferSize(BUFFER);
    client.setSocketAddressResolver(new SocketAddressResolver.Sync());
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    client.setDefaultRequestContentType(null);
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("the gateway's client could not be started", e);
    }
    // Bodies and answers go through as they are.
    client.getContentDecoderFactories().clear();
    client.getProtocolHandlers().clear();
    client.getProtocolHandlers().put(new Interim());
  }

  /** Passes over answers that come before the answer (RFC 9110, 15.2), whichever. */
  private static final class Interim extends ProcessingProtocolHandler {
    @Override
    public boolean accept(Request request, Response response) {
      return HttpStatus.isInterim(response.getStatus());
    }
  }

  /** A request, not yet sent, that lasts as long as it lasts. */
  Request request(SlotView slot, String method, String pathQuery) {
    Request request =
        WorkerBridge.isFor(slot)
            ? workers.request(client, slot, method, pathQuery)
            : client.newRequest("127.0.0.1", slot.port()).method(method).path(pathQuery);
    return request.idleTimeout(0, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws Exception {
    client.stop();
  }
}
