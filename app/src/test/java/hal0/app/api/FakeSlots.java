package hal0.app.api;

import hal0.slots.Command;
import hal0.slots.Order;
import hal0.slots.SlotException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.admission.Gate;
import hal0.slots.admission.Lease;
import hal0.slots.event.EventFeed;
import hal0.slots.event.Evidence;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.room.Budget;
import hal0.slots.room.RoomPlan;
import hal0.slots.room.Tenant;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.SystemClockwork;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Slots that obey at once, refuse when told to, and load for as long as they are told to. */
public final class FakeSlots implements SlotManager {
  public static final Instant THEN = Instant.ofEpochMilli(1_750_000_000_125L);

  final EventFeed feed;
  final Map<String, SlotException> refusals = new ConcurrentHashMap<>();
  final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
  final List<String> commands = new CopyOnWriteArrayList<>();
  volatile Budget budget = Budget.UNLIMITED;
  public volatile boolean connected = true;
  public volatile boolean reconciled = true;
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private final SystemClockwork clock = new SystemClockwork();
  private final Map<String, SlotView> views = new ConcurrentSkipListMap<>();

  public FakeSlots() {
    this(new EventFeed("boot", 100, 100));
  }

  FakeSlots(EventFeed feed) {
    this.feed = feed;
  }

  /** Adds an offline slot. */
  public FakeSlots with(String name, int port) {
    return put(view(spec(name, port), SlotState.OFFLINE, Reason.NEW, "never loaded", ""));
  }

  public FakeSlots put(SlotView view) {
    views.put(view.name(), view);
    follow(view);
    return this;
  }

  void remove(String name) {
    views.remove(name);
  }

  /** The next loads of this slot are under way until the future ends. */
  CompletableFuture<Void> hold(String name) {
    return held.computeIfAbsent(name, n -> new CompletableFuture<>());
  }

  public static SlotSpec spec(String name, int port) {
    return new SlotSpec(
        name,
        Provider.LLAMA_SERVER,
        port,
        Optional.of("vulkan"),
        true,
        false,
        new SlotSpec.Model(
            Optional.of("qwen3-4b"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new SlotSpec.Run(
            SlotSpec.Runtime.EXEC,
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            "on-failure",
            Duration.ofSeconds(1),
            false,
            Duration.ZERO,
            ""),
        new SlotSpec.Needs(Optional.empty(), Optional.empty()),
        new SlotSpec.ProbeSettings(
            Duration.ofSeconds(180),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            3,
            Duration.ofSeconds(3),
            "/health",
            "/v1/models",
            false,
            false),
        new SlotSpec.Admission(
            0,
            0,
            Duration.ofSeconds(30),
            false,
            Duration.ofSeconds(30),
            Duration.ofSeconds(300),
            Duration.ofSeconds(120),
            Optional.empty()),
        new SlotSpec.Idle(Duration.ofMinutes(5), Duration.ZERO),
        Optional.empty());
  }

  public static SlotView view(
      SlotSpec spec, SlotState state, Reason reason, String message, String model) {
    boolean live = state.isLive();
    UnitName unit = UnitName.ofSlot(spec.name());
    UnitStatus up =
        new UnitStatus(
            unit,
            "loaded",
            ActiveState.ACTIVE,
            "running",
            4242,
            1,
            "success",
            "0123456789abcdef0123456789abcdef",
            Optional.empty(),
            "/hal0",
            Optional.empty(),
            Duration.ofSeconds(1),
            "enabled",
            false);
    List<String> models = live ? List.of(model) : List.of();
    ProbeResult probe =
        new ProbeResult(Verdict.SERVING, "serves " + model, models, Duration.ofNanos(1_234_567));
    return new SlotView(
        spec.name(),
        state,
        reason,
        message,
        model,
        Optional.of(spec),
        spec.port(),
        models,
        live,
        0,
        THEN,
        Optional.of(live ? up : UnitStatus.absent(unit)),
        live ? Optional.of(new SlotView.LastProbe(probe, THEN, 0)) : Optional.empty(),
        false,
        Optional.empty(),
        false,
        Optional.of(THEN),
        Optional.empty());
  }

  /** Takes a slot to a state and tells of it. */
  public SlotView move(String name, SlotState to, Reason reason, String message, String model) {
    SlotView old = views.get(name);
    SlotView now = view(old.spec().orElseThrow(), to, reason, message, model);
    views.put(name, now);
    follow(now);
    feed.publish(THEN, name, old.state(), to, reason, message, model, Evidence.NONE);
    return now;
  }

  @Override
  public List<SlotView> views() {
    return new ArrayList<>(views.values());
  }

  @Override
  public Optional<SlotView> view(String name) {
    return Optional.ofNullable(views.get(name));
  }

  @Override
  public EventFeed feed() {
    return feed;
  }

  @Override
  public Command give(Order order) {
    return switch (order.verb()) {
      case LOAD -> load(order.slot(), order.model());
      case UNLOAD -> unload(order.slot());
      case RESTART -> restart(order.slot());
      case SWAP -> swap(order.slot(), order.model().orElseThrow());
    };
  }

  @Override
  public Command load(String name, Optional<String> modelId) {
    String model = modelId.orElse("qwen3-4b");
    return command("load", name, modelId.orElse("-"), () -> loading(name, model));
  }

  private CompletableFuture<SlotView> loading(String name, String model) {
    move(name, SlotState.STARTING, Reason.REQUESTED, "starting", model);
    return held.getOrDefault(name, CompletableFuture.completedFuture(null))
        .thenApply(
            ignored -> {
              move(name, SlotState.WARMING, Reason.REQUESTED, "loading", model);
              return move(name, SlotState.READY, Reason.LOADED, "serves " + model, model);
            });
  }

  @Override
  public Command unload(String name) {
    return command("unload", name, "-", () -> CompletableFuture.completedFuture(unloaded(name)));
  }

  private SlotView unloaded(String name) {
    return move(name, SlotState.OFFLINE, Reason.REQUESTED, "unloaded", "");
  }

  @Override
  public Command restart(String name) {
    String model =
        view(name).map(SlotView::modelId).filter(known -> !known.isEmpty()).orElse("qwen3-4b");
    return command(
        "restart",
        name,
        "-",
        () -> {
          unloaded(name);
          return loading(name, model);
        });
  }

  @Override
  public Command swap(String name, String modelId) {
    return command("swap", name, modelId, () -> loading(name, modelId));
  }

  private Command command(
      String verb,
      String name,
      String model,
      java.util.function.Supplier<CompletableFuture<SlotView>> action) {
    commands.add(verb + " " + name + " " + model);
    SlotException refusal =
        views.containsKey(name) ? refusals.get(name) : new SlotException.NotFound(name);
    if (refusal != null) {
      return new Command(
          CompletableFuture.failedFuture(refusal), CompletableFuture.failedFuture(refusal));
    }
    CompletableFuture<SlotView> done = action.get();
    return new Command(CompletableFuture.completedFuture(views.get(name)), done);
  }

  @Override
  public boolean isReconciled() {
    return reconciled;
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public CompletableFuture<Void> pulse() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> refresh() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> forget(String name) {
    views.remove(name);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Lease> enter(String name) {
    SlotView now = views.get(name);
    if (now == null) {
      return CompletableFuture.failedFuture(new SlotException.NotFound(name));
    }
    return gateOf(name).enter();
  }

  private void follow(SlotView now) {
    SlotSpec.Admission admission =
        now.spec().map(SlotSpec::admission).orElse(SlotSpec.Admission.DEFAULT);
    boolean waits = admission.wake() && (now.isWakeable() || now.isOnItsWay());
    gateOf(now.name())
        .set(
            now.routable() ? Gate.Mode.OPEN : waits ? Gate.Mode.WAITING : Gate.Mode.SHUT,
            admission);
    watchers.forEach(Runnable::run);
  }

  private Gate gate(String name) {
    Gate.Listener wakes =
        new Gate.Listener() {
          @Override
          public void changed() {}

          @Override
          public void wanted() {
            load(name, Optional.empty());
          }
        };
    return new Gate(clock, () -> views.get(name), () -> Duration.ofSeconds(7), wakes);
  }

  /** The door that {@link #enter} leads through. */
  Gate gateOf(String name) {
    return gates.computeIfAbsent(name, this::gate);
  }

  @Override
  public Optional<RoomPlan> plan(String name) {
    List<Tenant> tenants = views.values().stream().map(view -> new Tenant(view, 0)).toList();
    return tenants.stream()
        .filter(one -> one.slot().name().equals(name))
        .findFirst()
        .map(one -> RoomPlan.of(budget, one, tenants, Set.of()));
  }

  @Override
  public void watch(Runnable changed) {
    watchers.add(changed);
  }
}
