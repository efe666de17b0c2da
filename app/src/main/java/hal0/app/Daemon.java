package hal0.app;

import hal0.app.api.ApiServer;
import hal0.app.api.DefinitionRoutes;
import hal0.app.api.HealthRoutes;
import hal0.app.api.Limits;
import hal0.app.api.LocalSocket;
import hal0.app.api.LogRoutes;
import hal0.app.api.ModelRoutes;
import hal0.app.api.PageRoutes;
import hal0.app.api.Route;
import hal0.app.api.Routes;
import hal0.app.api.SlotRoutes;
import hal0.app.api.StoryRoutes;
import hal0.app.api.StreamRoutes;
import hal0.app.auth.Guard;
import hal0.app.auth.TokenFile;
import hal0.app.gateway.Gateway;
import hal0.app.gateway.worker.WorkerBridge;
import hal0.app.node.BusState;
import hal0.app.node.LocalChooser;
import hal0.app.node.NodeRoutes;
import hal0.app.node.ReadinessBoard;
import hal0.app.node.Requirements;
import hal0.app.node.Zenoh;
import hal0.app.node.ZenohSettings;
import hal0.slots.SlotView;
import hal0.slots.definition.Definitions;
import hal0.slots.listener.ProcPortOwner;
import hal0.slots.listener.ProcPortUse;
import hal0.slots.probe.HttpProbe;
import hal0.slots.probe.Probe;
import hal0.slots.probe.WorkerProbe;
import hal0.slots.pull.Pace;
import hal0.slots.pull.Storehouse;
import hal0.slots.reconcile.Fleet;
import hal0.slots.reconcile.FleetPorts;
import hal0.slots.record.FileSlotStore;
import hal0.slots.record.StateLock;
import hal0.slots.spec.SpecWatcher;
import hal0.slots.story.StoryFiles;
import hal0.slots.story.StoryKeeper;
import hal0.slots.time.SystemClockwork;
import hal0.slots.unit.DropInFiles;
import hal0.slots.unit.Host;
import hal0.slots.unit.SocketDirectory;
import hal0.slots.worker.WorkerChannels;
import hal0.systemd.Journal;
import hal0.systemd.SdNotify;
import hal0.systemd.UnitName;
import hal0.systemd.dbus.DbusSystemd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The daemon: everything put together, from the lock on the state directory to the API. */
public final class Daemon implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Daemon.class.getName());

  /** Lines of the journal that a failed load tells. */
  private static final int TAIL_LINES = 20;

  /** journald may write a process's last line a moment after its end. */
  private static final Duration TAIL_PAUSE = Duration.ofMillis(100);

  private static final int TAIL_LOOKS = 8;
  private static final Duration TAIL_LIMIT = Duration.ofMillis(1800);
  private static final Duration PING_LIMIT = Duration.ofMillis(800);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final SystemClockwork clock = new SystemClockwork();
  private final WorkerChannels workers;
  private final Fleet fleet;
  private Storehouse store;
  private final ApiServer server;

  /**
   * Starts everything; it works once this returns, though systemd may still be on its way.
   *
   * @throws IOException if the state directory is held by another daemon, the address cannot be
   *     had, or a directory cannot be read; nothing is left behind
   */
  public Daemon(ServeSettings settings) throws IOException {
    try {
      keep(StateLock.take(settings.stateDir(), clock));
      DbusSystemd systemd = keep(DbusSystemd.open(settings.scope(), settings.environment()));
      BootLinks boot = keep(new BootLinks(systemd, settings.unitDir(), clock));
      ConfigFiles files = new ConfigFiles(settings.configDir(), settings.budget(), boot::see);
      SocketDirectory sockets = new SocketDirectory(settings.scope(), settings.environment());
      this.workers = keep(new WorkerChannels(sockets::of, clock));
      this.fleet = keep(fleet(settings, systemd, files));
      keep(new StoryKeeper(fleet.feed(), new StoryFiles(settings.stateDir()), clock));
      ZenohSettings zenoh = zenoh(settings);
      ReadinessBoard board = board(settings, systemd, files, Zenoh.before(zenoh));
      this.server = keep(server(settings, systemd, files, boot, board));
      server.stopping().thenRun(board::stop);
      keep(new Herald(SdNotify.of(settings.environment()), fleet, clock));
      SpecWatcher watcher = keep(files.watcher(clock, fleet::refresh));
      watcher.start();
      fleet.start();
      server.start();
      if (zenoh.enabled()) {
        LocalChooser chooser = new LocalChooser(fleet);
        keep(new Zenoh(zenoh, board, fleet, chooser, workers, settings.environment(), clock))
            .start();
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    LOG.log(System.Logger.Level.INFO, "listening on http:/{0}", server.address());
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    return part;
  }

  private static ZenohSettings zenoh(ServeSettings settings) throws IOException {
    try {
      return ZenohSettings.of(settings.environment());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private ReadinessBoard board(
      ServeSettings settings, DbusSystemd systemd, ConfigFiles files, BusState bus) {
    Requirements requirements =
        new Requirements(
            settings.required(),
            name -> Files.exists(files.slots().file(name), LinkOption.NOFOLLOW_LINKS));
    ReadinessBoard.Node node = new ReadinessBoard.Node(hostName(), fleet.feed().bootId());
    return new ReadinessBoard(node, fleet, systemd::isConnected, requirements, bus, clock);
  }

  private Fleet fleet(ServeSettings settings, DbusSystemd systemd, ConfigFiles files) {
    Supplier<Host> host = () -> Host.here(settings.scope(), settings.environment());
    Journal journal = new Journal(settings.scope(), settings.environment());
    HttpProbe http = new HttpProbe(clock, new ProcPortOwner(clock));
    clock.execute(http::warmUp);
    WorkerProbe pings = new WorkerProbe(workers, clock);
    Probe probe = one -> (one.spec().worker().isPresent() ? pings : http).probe(one);
    this.store =
        keep(
            new Storehouse(
                settings.sources(), Pace.USUAL, clock, files::model, settings.environment()));
    return new Fleet(
        new FleetPorts(
            systemd,
            systemd,
            probe,
            new FileSlotStore(settings.stateDir()),
            new DropInFiles(settings.unitDir(), host, files::path),
            files,
            (unit, invocation) -> tail(journal, unit, invocation, TAIL_LOOKS),
            new ProcPortUse(),
            store,
            clock,
            UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT)));
  }

  /** Looks again while there is nothing: a line that was just written is not there at once. */
  private CompletableFuture<List<String>> tail(
      Journal journal, UnitName unit, String invocation, int looks) {
    CompletableFuture<List<String>> found = new CompletableFuture<>();
    clock.execute(
        () -> {
          Journal.Tail tail = read(journal, unit, invocation);
          if (!tail.lines().isEmpty() || tail.hint().isPresent() || looks <= 1) {
            found.complete(tail.lines());
          } else {
            clock.schedule(
                TAIL_PAUSE,
                () -> tail(journal, unit, invocation, looks - 1).thenAccept(found::complete));
          }
        });
    return found.completeOnTimeout(List.of(), TAIL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Journal.Tail read(Journal journal, UnitName unit, String invocation) {
    try {
      return journal.tail(unit, invocation, TAIL_LINES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Journal.Tail(List.of(), Optional.empty());
    }
  }

  private ApiServer server(
      ServeSettings settings,
      DbusSystemd systemd,
      ConfigFiles files,
      BootLinks boot,
      ReadinessBoard board)
      throws IOException {
    boolean system = settings.scope() == hal0.systemd.Scope.SYSTEM;
    Guard guard =
        new Guard(
            TokenFile.resolve(settings.environment(), settings.stateDir(), system),
            settings.listen(),
            settings.requireAll(),
            hostName(),
            settings.hosts());
    List<Route> routes = new ArrayList<>();
    routes.addAll(new SlotRoutes(fleet).routes());
    routes.addAll(new StreamRoutes(fleet).routes());
    Definitions definitions = new Definitions(files.slots(), this::isRunning);
    routes.addAll(new DefinitionRoutes(fleet, new SlotDefinitions(definitions), boot).routes());
    Journal journal = new Journal(settings.scope(), settings.environment());
    routes.addAll(new LogRoutes(fleet, new JournalLogs(journal), clock).routes());
    routes.addAll(new StoryRoutes(fleet, new StoryFiles(settings.stateDir())).routes());
    routes.addAll(new ModelRoutes(new ModelShelf(files, fleet, store)).routes());
    routes.addAll(new NodeRoutes(board).routes());
    routes.addAll(new HealthRoutes(() -> missing(systemd), clock).routes());
    routes.addAll(new PageRoutes().routes());
    WorkerBridge bridge = keep(new WorkerBridge(workers, clock));
    Gateway gateway =
        keep(
            new Gateway(
                fleet, clock, settings.gateway(), bridge, settings.environment(), board::word));
    routes.addAll(gateway.routes());
    ApiServer api =
        new ApiServer(
            settings.listen(),
            settings.socket().map(path -> new LocalSocket(path, system)),
            guard,
            new Routes(routes),
            Limits.DEFAULT,
            clock);
    gateway.endAfter(api.stopping());
    return api;
  }

  private boolean isRunning(String slot) {
    return fleet.view(slot).flatMap(SlotView::unit).filter(unit -> !unit.isDown()).isPresent();
  }

  private List<String> missing(DbusSystemd systemd) {
    List<String> missing = HealthRoutes.missing(fleet);
    if (missing.isEmpty()) {
      try {
        systemd.ping(PING_LIMIT).join();
      } catch (java.util.concurrent.CompletionException e) {
        missing.add("systemd does not answer");
      }
    }
    return missing;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Where the API listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** Ends in order: no unit is touched. Ends what was begun even if a part does not end well. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "did not end in order: " + part.getClass().getSimpleName(),
            e);
      }
    }
  }
}
