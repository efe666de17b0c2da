package hal0.app.gateway;

import hal0.app.api.Exchange;
import hal0.app.api.Problem;
import hal0.app.api.Route;
import hal0.app.gateway.worker.WorkerBridge;
import hal0.slots.SlotException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpHeader;

/**
 * {@code /v1/*}: every local model at one address, and {@code /slots/{name}/v1/*} for one slot for
 * sure. It changes no state: a slot is asked for a place and refuses or gives it. Safe for use by
 * many threads.
 */
public final class Gateway implements Relay.Home, AutoCloseable {
  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

  /** The server waits for 3 s. */
  private static final Duration GRACE = Duration.ofMillis(1500);

  private final SlotManager slots;
  private final Clockwork clock;
  private final GatewayLimits limits;
  private final Map<String, String> environment;
  private final Supplier<String> readiness;
  private final ModelList models;
  private final Upstreams upstreams;
  private final AtomicLong budget;
  private final Set<Relay> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean ticking = new AtomicBoolean();

  /**
   * Starts it.
   *
   * @param workers the way to slots that are workers; stays whose it is
   * @param environment the daemon's, where upstreams' keys are
   * @param readiness the node's readiness, for those who are refused; must not block
   */
  public Gateway(
      SlotManager slots,
      Clockwork clock,
      GatewayLimits limits,
      WorkerBridge workers,
      Map<String, String> environment,
      Supplier<String> readiness) {
    this.slots = slots;
    this.clock = clock;
    this.limits = limits;
    this.upstreams = new Upstreams(workers);
    this.environment = Map.copyOf(environment);
    this.readiness = readiness;
    this.models = new ModelList(slots);
    this.budget = new AtomicLong(limits.held());
  }

  /** The routes. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.open("GET", "/v1/models", models::list));
    routes.add(Route.open("GET", "/v1/models/*", models::one));
    for (String method : METHODS) {
      routes.add(Route.swift(method, "/v1/*", this::byModel));
      routes.add(Route.swift(method, "/slots/{name}/v1/*", this::bySlot));
    }
    return routes;
  }

  private void byModel(Exchange exchange) throws IOException {
    Intake intake = intake(exchange);
    if (isAtHand(exchange, intake.body())) {
      byModel(exchange, intake);
    } else {
      exchange.apart(one -> byModel(one, intake));
    }
  }

  /** Mostly a request comes in one piece: then it needs no thread to wait for the rest. */
  private static boolean isAtHand(Exchange exchange, Body body) {
    if (!isAsked(exchange)) {
      body.poll();
    }
    return body.isComplete();
  }

  /** Who expects to be asked for its body is asked when somebody wants it. */
  private static boolean isAsked(Exchange exchange) {
    return exchange.request().getHeaders().contains(HttpHeader.EXPECT);
  }

  private void byModel(Exchange exchange, Intake intake) throws IOException {
    String pathQuery = exchange.request().getHttpURI().getPathQuery();
    boolean sent = false;
    try {
      String slot = choose(exchange, intake, pathQuery);
      sent = true;
      relay(exchange, slot, pathQuery, intake.body());
    } finally {
      if (!sent) {
        intake.body().forget();
      }
    }
  }

  private String choose(Exchange exchange, Intake intake, String pathQuery) throws IOException {
    Optional<String> model = intake.model();
    List<SlotView> views = slots.views();
    if (model.isPresent()) {
      return Chooser.forModel(views, model.get()).name();
    }
    boolean isForm =
        exchange.header("Content-Type").filter(type -> type.startsWith("multipart/")).isPresent();
    return Chooser.forPath(views, pathQuery, isForm).name();
  }

  private void bySlot(Exchange exchange) {
    String name = exchange.slotName();
    String pathQuery = exchange.request().getHttpURI().getPathQuery();
    int from = pathQuery.indexOf('/', "/slots/".length());
    relay(exchange, name, pathQuery.substring(from), intake(exchange).body());
  }

  private Intake intake(Exchange exchange) {
    return new Intake(exchange.request(), limits, budget);
  }

  private void relay(Exchange exchange, String slot, String pathQuery, Body body) {
    if (!isAsked(exchange)) {
      body.poll();
    }
    Relay relay = new Relay(this, clock, exchange, slot, pathQuery, body);
    open.add(relay);
    tick();
    relay.start(slots::enter);
  }

  /** While something is open, silences are looked at: by one timer for all, so that none costs. */
  private void tick() {
    if (ticking.compareAndSet(false, true)) {
      clock.schedule(limits.tick(), this::look);
    }
  }

  private void look() {
    open.forEach(Relay::check);
    ticking.set(false);
    if (!open.isEmpty()) {
      tick();
    }
  }

  /** How many requests are on their way. */
  public int open() {
    return open.size();
  }

  @Override
  public Request upstream(SlotView slot, String method, String pathQuery) {
    return upstreams.request(slot, method, pathQuery);
  }

  @Override
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  @Override
  public Problem problem(SlotException refusal) {
    Problem problem = Problem.of(refusal);
    return refusal instanceof SlotException.NotReady
        ? problem.withDetail("readiness", readiness.get())
        : problem;
  }

  @Override
  public void ended(Relay relay) {
    open.remove(relay);
  }

  /** Once the server is ending, what is still open some time later ends with an error. */
  public void endAfter(CompletableFuture<Void> stopping) {
    stopping.thenRun(() -> clock.schedule(GRACE, () -> open.forEach(Relay::daemonEnds)));
  }

  /** Closes the connections to the upstreams. */
  @Override
  public void close() throws Exception {
    upstreams.close();
  }
}
