package hal0.tests.sim;

import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.reconcile.FleetPorts;
import hal0.slots.record.SlotStore;
import hal0.slots.time.Clockwork;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.systemd.UnitWatch;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Daemons with one thing wrong each, and the rules that may find it. */
enum Mutant {
  /** Says that a record is saved, and saves nothing. */
  FORGETS_TO_SAVE(Set.of("records", "chain"), Mutant::forgetful),
  /** Hears of no change, and of no job. */
  IS_DEAF(Set.of("routable"), ports -> withWatch(ports, "changed", "jobQueued", "jobEnded")),
  /** Hears and sees no job, so that it takes a person's stop for a death. */
  IGNORES_JOBS(
      Set.of("stop"), ports -> withStatus(withWatch(ports, "jobQueued"), Mutant::withoutJob)),
  /** Does not notice that the bus is back. */
  NEVER_RECONNECTS(Set.of("bounds", "reconciled", "truth", "routable"), Mutant::clinging),
  /** Takes every upstream for a serving one. */
  BELIEVES_ALL(Set.of("evidence", "truth"), Mutant::credulous),
  /** Takes a unit that is being stopped for one that is gone. */
  CANNOT_WAIT(Set.of("answers"), ports -> withStatus(ports, Mutant::goneAlready)),
  /** Changes a drop-in and does not tell systemd. */
  NEVER_RELOADS(Set.of("answers"), Mutant::unread),
  /** Starts whatever changes. */
  STARTS_UNASKED(Set.of("acts"), Mutant::zealous),
  /** Its timers never fire. */
  HAS_NO_TIMERS(Set.of("deadlines", "bounds", "truth", "routable", "answers"), Mutant::timeless),
  /** Stumbles over what its store throws. */
  CANNOT_STAND_A_WRITE(Set.of("faults", "view", "truth", "deadlines", "bounds"), Mutant::fragile);

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> findable;

  @SuppressWarnings("ImmutableEnumChecker") // it keeps nothing
  private final UnaryOperator<FleetPorts> change;

  Mutant(Set<String> findable, UnaryOperator<FleetPorts> change) {
    this.findable = findable;
    this.change = change;
  }

  /** The rules that this breaks. */
  Set<String> findable() {
    return findable;
  }

  FleetPorts changed(FleetPorts honest) {
    return change.apply(honest);
  }

  /** What a method answers in place of the honest one; null for the honest answer. */
  private interface Instead {
    Object answer(String method, Object[] arguments) throws Throwable;
  }

  private static final Object HONEST = new Object();

  private static <T> T but(Class<T> type, T honest, Instead instead) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = instead.answer(method.getName(), arguments);
              try {
                return HONEST.equals(answer) ? method.invoke(honest, arguments) : answer;
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            }));
  }

  private static FleetPorts with(
      FleetPorts ports,
      UnitControl control,
      UnitWatch watch,
      Probe probe,
      SlotStore store,
      Clockwork clock) {
    return new FleetPorts(
        control,
        watch,
        probe,
        store,
        ports.unitFiles(),
        ports.files(),
        ports.tail(),
        ports.use(),
        ports.pulls(),
        clock,
        ports.bootId());
  }

  private static FleetPorts withControl(FleetPorts ports, UnitControl control) {
    return with(ports, control, ports.watch(), ports.probe(), ports.store(), ports.clock());
  }

  private static FleetPorts withStore(FleetPorts ports, SlotStore store) {
    return with(ports, ports.control(), ports.watch(), ports.probe(), store, ports.clock());
  }

  private static FleetPorts withListener(
      FleetPorts ports, UnaryOperator<UnitWatch.Listener> changed) {
    UnitWatch watch =
        but(
            UnitWatch.class,
            ports.watch(),
            (method, arguments) -> {
              if (!method.equals("listen")) {
                return HONEST;
              }
              ports.watch().listen(changed.apply((UnitWatch.Listener) arguments[0]));
              return null;
            });
    return with(ports, ports.control(), watch, ports.probe(), ports.store(), ports.clock());
  }

  private static FleetPorts withWatch(FleetPorts ports, String... unheard) {
    return withListener(
        ports,
        listener ->
            but(
                UnitWatch.Listener.class,
                listener,
                (method, arguments) -> List.of(unheard).contains(method) ? null : HONEST));
  }

  private static FleetPorts clinging(FleetPorts ports) {
    int[] connections = {0};
    return withListener(
        ports,
        listener ->
            but(
                UnitWatch.Listener.class,
                listener,
                (method, arguments) ->
                    method.equals("connected") && ++connections[0] > 1 ? null : HONEST));
  }

  private static FleetPorts zealous(FleetPorts ports) {
    return withListener(
        ports,
        listener ->
            but(
                UnitWatch.Listener.class,
                listener,
                (method, arguments) -> {
                  if (method.equals("changed")) {
                    ports.control().start((UnitName) arguments[0], Duration.ofSeconds(30));
                  }
                  return HONEST;
                }));
  }

  private static FleetPorts forgetful(FleetPorts ports) {
    return withStore(
        ports,
        but(
            SlotStore.class,
            ports.store(),
            (method, arguments) -> method.equals("save") ? null : HONEST));
  }

  private static FleetPorts fragile(FleetPorts ports) {
    return withStore(
        ports,
        but(
            SlotStore.class,
            ports.store(),
            (method, arguments) -> {
              if (method.equals("save")) {
                throw new IllegalStateException("a store that nobody expected");
              }
              return HONEST;
            }));
  }

  private static FleetPorts withStatus(FleetPorts ports, UnaryOperator<UnitStatus> changed) {
    return withControl(
        ports,
        but(
            UnitControl.class,
            ports.control(),
            (method, arguments) ->
                method.equals("status")
                    ? ports.control().status((UnitName) arguments[0]).thenApply(changed)
                    : HONEST));
  }

  private static UnitStatus goneAlready(UnitStatus status) {
    return status.activeState() == ActiveState.DEACTIVATING
        ? UnitStatus.absent(status.unit())
        : status;
  }

  private static UnitStatus withoutJob(UnitStatus status) {
    return new UnitStatus(
        status.unit(),
        status.loadState(),
        status.activeState(),
        status.subState(),
        status.mainPid(),
        status.restarts(),
        status.result(),
        status.invocationId(),
        status.exit(),
        status.controlGroup(),
        Optional.empty(),
        status.restartDelay(),
        status.unitFileState(),
        false);
  }

  private static FleetPorts unread(FleetPorts ports) {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    return withControl(
        ports,
        but(
            UnitControl.class,
            ports.control(),
            (method, arguments) -> method.equals("reload") ? done : HONEST));
  }

  private static FleetPorts credulous(FleetPorts ports) {
    Probe probe =
        request ->
            ports
                .probe()
                .probe(request)
                .thenApply(
                    said -> new ProbeResult(Verdict.SERVING, "serves", said.models(), said.took()));
    return with(ports, ports.control(), ports.watch(), probe, ports.store(), ports.clock());
  }

  private static FleetPorts timeless(FleetPorts ports) {
    Clockwork.Timer never = () -> {};
    Clockwork clock =
        but(
            Clockwork.class,
            ports.clock(),
            (method, arguments) -> method.equals("schedule") ? never : HONEST);
    return with(ports, ports.control(), ports.watch(), ports.probe(), ports.store(), clock);
  }
}
