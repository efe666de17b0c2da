package hal0.app.gateway.worker;

import hal0.slots.SlotView;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.WorkerChannels;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.MemoryConnector;
import org.eclipse.jetty.server.MemoryTransport;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * An upstream inside the daemon for all slots that are workers: it speaks HTTP within memory on one
 * side and the workers' frames on the other. So a worker's requests go the same way as all others,
 * with the same limits, ends and errors. Starts with its first request. Safe for use by many
 * threads.
 */
public final class WorkerBridge implements AutoCloseable {
  private static final int THREADS = 10_000;
  private static final int HEADERS = 64 << 10;

  private final WorkerChannels channels;
  private final Clockwork clock;
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, WorkerRequest> open = new ConcurrentHashMap<>();
  private Server server;
  private MemoryConnector connector;
  private boolean closed;

  /**
   * @param channels to the slots' workers, which stay whose they are
   */
  public WorkerBridge(WorkerChannels channels, Clockwork clock) {
    this.channels = channels;
    this.clock = clock;
  }

  /** Whether a slot is reached through here. */
  public static boolean isFor(SlotView slot) {
    return slot.spec().flatMap(spec -> spec.worker()).isPresent();
  }

  /** A request to a slot's worker, not yet sent. */
  public Request request(HttpClient client, SlotView slot, String method, String pathQuery) {
    String id = Long.toHexString(ids.incrementAndGet());
    WorkerRequest asked = new WorkerRequest(id, slot, channels.of(slot.name()), clock);
    MemoryTransport transport = new MemoryTransport(connector());
    open.put(id, asked);
    return client
        .newRequest("127.0.0.1", 1)
        .transport(transport)
        .method(method)
        .path("/" + id + pathQuery)
        .onComplete(
            result -> {
              open.remove(id);
              asked.cancel();
            });
  }

  /** The request of that number, while somebody waits for its answer. */
  Optional<WorkerRequest> find(String id) {
    return Optional.ofNullable(open.get(id));
  }

  private synchronized MemoryConnector connector() {
    if (closed) {
      throw new IllegalStateException("the daemon is ending");
    }
    if (connector == null) {
      server = new Server(new VirtualThreadPool(THREADS));
      HttpConfiguration http = new HttpConfiguration();
      http.setSendServerVersion(false);
      http.setSendDateHeader(false);
      http.setRequestHeaderSize(HEADERS);
      connector = new MemoryConnector(server, new HttpConnectionFactory(http));
      connector.setIdleTimeout(0);
      server.addConnector(connector);
      server.setHandler(new WorkerHandler(this));
      try {
        server.start();
      } catch (Exception e) {
        throw new IllegalStateException("the way to the workers could not be opened", e);
      }
    }
    return connector;
  }

  @Override
  public synchronized void close() throws Exception {
    closed = true;
    open.values().forEach(WorkerRequest::cancel);
    if (server != null) {
      server.stop();
    }
  }
}
