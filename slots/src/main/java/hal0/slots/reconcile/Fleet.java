package hal0.slots.reconcile;

import hal0.slots.Command;
import hal0.slots.Order;
import hal0.slots.SlotException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.admission.Lease;
import hal0.slots.event.EventFeed;
import hal0.slots.record.SlotRecord;
import hal0.slots.room.RoomPlan;
import hal0.slots.room.Tenant;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** All slots: a loop each, fed by systemd's signals, the slot files and people's commands. */
public final class Fleet implements SlotManager, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Fleet.class.getName());

  /** What signals missed is found by then. */
  private static final Duration RESYNC = Duration.ofSeconds(30);

  /** Events that are kept for readers that come back, and that a slow reader may leave unread. */
  private static final int HELD = 10_000;

  private static final int BACKLOG = 2_000;

  private final FleetPorts ports;
  private final Clockwork clock;
  private final EventFeed feed;
  private final ConcurrentSkipListMap<String, SlotLoop> loops = new ConcurrentSkipListMap<>();
  private final AtomicBoolean connected = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Mailbox desk;
  private final Room room;
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private final Neighbourhood around = new Around();
  private volatile boolean listed;

  /** Nothing happens before {@link #start()}. */
  public Fleet(FleetPorts ports) {
    this.ports = ports;
    this.clock = ports.clock();
    this.feed = new EventFeed(ports.bootId(), HELD, BACKLOG);
    this.desk = new Mailbox(clock);
    this.room =
        new Room(
            clock,
            this::isReconciled,
            ports.files()::budget,
            () -> loops.values().stream().map(this::tenant).toList(),
            this::evict);
  }

  /**
   * Reads files and records, then listens to systemd.
   *
   * @throws IOException if the slot files or the records cannot be listed
   */
  public void start() throws IOException {
    Map<String, SlotFile> files = ports.files().read(name -> false);
    files.values().forEach(file -> add(file.name(), file));
    for (String name : ports.store().names()) {
      if (SlotSpec.isName(name)) {
        add(name, Running.missing(name));
      }
    }
    ports.watch().listen(new Hints());
    resyncLater();
  }

  private SlotLoop add(String name, SlotFile file) {
    return loops.computeIfAbsent(
        name,
        key -> {
          SlotLoop loop = new SlotLoop(name, ports, feed, around, remembered(name, file), file);
          // Its deadlines count whether or not systemd is ever heard.
          loop.post(loop::round);
          if (connected.get()) {
            loop.connected();
          }
          return loop;
        });
  }

  private SlotRecord remembered(String name, SlotFile file) {
    int port = file.spec().map(SlotSpec::port).orElse(0);
    SlotRecord fresh = SlotRecord.fresh(name, port, clock.now());
    try {
      return ports.store().load(name).orElse(fresh);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "{0}: its record cannot be read: {1}", name, e.getMessage());
      return fresh;
    }
  }

  private void resyncLater() {
    clock.schedule(
        RESYNC,
        () -> {
          if (!closed.get()) {
            resync();
            resyncLater();
          }
        });
  }

  /** Reads everything again: the units that systemd has, and each known slot's. */
  private void resync() {
    ports
        .control()
        .list()
        .whenComplete(
            (units, failure) -> {
              if (units == null || closed.get()) {
                return;
              }
              units.forEach(
                  unit -> unit.slot().ifPresent(name -> add(name, Running.missing(name))));
              loops.values().forEach(SlotLoop::hint);
              listed = true;
            });
  }

  @Override
  public List<SlotView> views() {
    List<SlotView> views = new ArrayList<>();
    loops.values().stream()
        .filter(SlotLoop::isWorthListing)
        .forEach(loop -> views.add(loop.view()));
    return views;
  }

  @Override
  public Optional<SlotView> view(String name) {
    return Optional.ofNullable(loops.get(name))
        .filter(SlotLoop::isWorthListing)
        .map(SlotLoop::view);
  }

  @Override
  public EventFeed feed() {
    return feed;
  }

  @Override
  public Command give(Order order) {
    return ask(order.slot(), Asked.of(order));
  }

  @Override
  public CompletableFuture<Lease> enter(String name) {
    SlotLoop loop = loops.get(name);
    return loop == null || !loop.isWorthListing()
        ? CompletableFuture.failedFuture(new SlotException.NotFound(name))
        : loop.gate().enter();
  }

  @Override
  public void watch(Runnable changed) {
    watchers.add(changed);
  }

  private final class Around implements Neighbourhood {
    @Override
    public void changed() {
      watchers.forEach(Runnable::run);
    }

    @Override
    public CompletableFuture<SlotView> wanted(String name) {
      return give(Order.load(name, Optional.empty()).by("a request")).done();
    }
  }

  /** A command reads the slot's file as it is then. */
  private Command ask(String name, Asked asked) {
    reread(false)
        .whenComplete(
            (read, failure) -> {
              SlotLoop loop = loops.get(name);
              if (loop == null || !loop.isWorthListing()) {
                asked.refuse(new SlotException.NotFound(name));
              } else {
                inRoom(loop, asked);
              }
            });
    return asked.command();
  }

  /** A load of a slot that holds nothing yet needs room first. */
  private void inRoom(SlotLoop loop, Asked asked) {
    if (asked.verb() == Order.Verb.UNLOAD) {
      room.unload(loop.name(), () -> loop.ask(asked));
    } else {
      room.load(loop.name(), asked, () -> hasRoom(loop), () -> loop.ask(asked));
    }
  }

  private boolean hasRoom(SlotLoop loop) {
    Tenant tenant = tenant(loop);
    return tenant.takesNothing() || isReconciled() && tenant.keepsRoom();
  }

  private Tenant tenant(SlotLoop loop) {
    return new Tenant(loop.view(), loop.gate().lastUse());
  }

  private Asked evict(String name, Asked asked) {
    SlotLoop loop = loops.get(name);
    if (loop == null) {
      asked.refuse(new SlotException.NotFound(name));
    } else {
      loop.ask(asked);
    }
    return asked;
  }

  @Override
  public Optional<RoomPlan> plan(String name) {
    return room.plan(name);
  }

  @Override
  public CompletableFuture<Void> pulse() {
    return CompletableFuture.allOf(
        loops.values().stream()
            .map(
                loop -> {
                  CompletableFuture<Void> turn = new CompletableFuture<>();
                  loop.post(() -> turn.complete(null));
                  return turn;
                })
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public CompletableFuture<Void> refresh() {
    return reread(true);
  }

  /** {@code closely}: also what the slot files point to, such as models.toml, may have changed. */
  private CompletableFuture<Void> reread(boolean closely) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    desk.post(() -> read(done, closely));
    return done;
  }

  private void read(CompletableFuture<Void> done, boolean closely) {
    Map<String, SlotFile> files;
    try {
      files = ports.files().read(this::isRunning);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the slot files cannot be read: {0}", e.getMessage());
      done.complete(null);
      return;
    }
    List<CompletableFuture<Void>> taken = new ArrayList<>();
    for (SlotFile file : files.values()) {
      taken.add(add(file.name(), file).define(file, closely));
    }
    Set<String> gone = new HashSet<>(loops.keySet());
    gone.removeAll(files.keySet());
    gone.forEach(name -> taken.add(loops.get(name).define(Running.missing(name), false)));
    CompletableFuture.allOf(taken.toArray(CompletableFuture[]::new))
        .thenRun(() -> done.complete(null));
  }

  private boolean isRunning(String name) {
    SlotLoop loop = loops.get(name);
    return loop != null && loop.view().unit().filter(unit -> !unit.isDown()).isPresent();
  }

  @Override
  public CompletableFuture<Void> forget(String name) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    SlotLoop loop = loops.remove(name);
    CompletableFuture<Void> closing =
        loop == null
            ? CompletableFuture.completedFuture(null)
            : loop.close(new SlotException.NotFound(name));
    closing.thenRunAsync(() -> remove(name, done), clock);
    return done;
  }

  private void remove(String name, CompletableFuture<Void> done) {
    try {
      boolean written = ports.unitFiles().remove(name);
      ports.store().delete(name);
      if (!written) {
        done.complete(null);
        return;
      }
      ports.control().reload().whenComplete((reloaded, failure) -> done.complete(null));
    } catch (IOException e) {
      done.completeExceptionally(
          new SlotException.NotSaved(
              name, name + ": what is kept of it cannot be removed: " + e.getMessage(), e));
    }
  }

  @Override
  public boolean isReconciled() {
    return listed && loops.values().stream().allMatch(SlotLoop::isReconciled);
  }

  @Override
  public boolean isConnected() {
    return connected.get();
  }

  /** Nothing is decided any more; no unit is touched. Who waits is told. */
  @Override
  public void close() {
    closed.set(true);
    loops
        .values()
        .forEach(
            loop ->
                loop.close(
                    new SlotException.Unavailable(
                        loop.name(), loop.name() + ": hal0 ends; the slot goes on")));
  }

  /** What systemd tells. Enqueues and returns. */
  private final class Hints implements UnitWatch.Listener {
    @Override
    public void changed(UnitName unit) {
      with(unit, SlotLoop::hint);
    }

    @Override
    public void jobQueued(UnitName unit, int id, String type) {
      with(unit, loop -> loop.jobQueued(id, type));
    }

    @Override
    public void jobEnded(UnitName unit, int id, JobResult result) {
      with(unit, loop -> loop.jobEnded(id, result));
    }

    private void with(UnitName unit, Consumer<SlotLoop> told) {
      if (!closed.get()) {
        unit.slot().ifPresent(name -> told.accept(add(name, Running.missing(name))));
      }
    }

    @Override
    public void connected() {
      if (!closed.get()) {
        connected.set(true);
        loops.values().forEach(SlotLoop::connected);
        resync();
      }
    }

    @Override
    public void disconnected(String why) {
      connected.set(false);
      LOG.log(System.Logger.Level.WARNING, "no connection to systemd: {0}", why);
      loops.values().forEach(SlotLoop::disconnected);
    }
  }
}
