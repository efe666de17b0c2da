package hal0.slots.reconcile;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.Clockwork;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where one slot's commands come in, wait for systemd, and are answered. For the slot's loop only.
 */
final class Desk {
  /** How long a command waits for systemd to be there. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Parked(Asked asked, long until) {}

  private final SlotLoop loop;
  private final Clockwork clock;
  private final Orders orders;
  private final Failures failures;
  private final List<Parked> parked = new ArrayList<>();

  Desk(SlotLoop loop, FleetPorts ports) {
    this.loop = loop;
    this.clock = ports.clock();
    this.orders = new Orders(ports.unitFiles());
    this.failures = new Failures(UnitName.ofSlot(loop.name()), ports);
  }

  Orders orders() {
    return orders;
  }

  void take(Asked asked) {
    if (loop.isClosed()) {
      asked.refuse(new SlotException.NotFound(loop.name()));
      return;
    }
    if (!isThere()) {
      parked.add(new Parked(asked, clock.nanos() + PATIENCE.toNanos()));
      clock.schedule(PATIENCE, () -> loop.post(this::refuseParked));
      return;
    }
    if (asked.givesWay() && !loop.traffic().mayRetire(asked.why())) {
      asked.refuse(
          new SlotException.IllegalTransition(
              loop.name(),
              loop.chronicle().record().state(),
              loop.name() + " is in use: it was not unloaded"));
      loop.round();
      return;
    }
    Goal before = orders.goal();
    if (orders.take(asked, standing())) {
      goalChanged(before);
    }
    loop.round();
  }

  private Orders.Standing standing() {
    return new Orders.Standing(
        loop.chronicle().record(),
        loop.defined().file(),
        loop.board().unit().orElseThrow(),
        loop.bench().running().contains(Step.START),
        loop.view());
  }

  private boolean isThere() {
    return loop.board().isConnected() && loop.board().isFresh();
  }

  private void goalChanged(Goal before) {
    if (before instanceof Goal.Load && !(orders.goal() instanceof Goal.Load)) {
      loop.bench().giveStartUp();
    }
    if (orders.goal() instanceof Goal.Unload) {
      // From here on nobody is let in, so that what is counted next stays true.
      loop.refreshView();
    }
    if (orders.goal() instanceof Goal.Unload
        && loop.chronicle().record().state() == SlotState.OFFLINE) {
      loop.timing().limit(Timing.UNLOAD_LIMIT);
    }
    loop.board().probeSoon(clock.nanos());
  }

  /** systemd is there: what waited for it is taken. */
  void takeParked() {
    if (!isThere() || parked.isEmpty()) {
      return;
    }
    List<Parked> waiting = new ArrayList<>(parked);
    parked.clear();
    waiting.forEach(one -> take(one.asked()));
  }

  private void refuseParked() {
    long now = clock.nanos();
    String said =
        loop.name()
            + ": systemd could not be reached for "
            + Words.time(PATIENCE)
            + "; nothing was done";
    parked.stream()
        .filter(one -> now - one.until() >= 0)
        .forEach(one -> one.asked().refuse(new SlotException.Unavailable(loop.name(), said)));
    parked.removeIf(one -> now - one.until() >= 0);
  }

  /** Everybody who still waits is told why nothing comes any more. */
  void close(SlotException why) {
    orders.giveUp().forEach(one -> one.refuse(why));
    parked.forEach(one -> one.asked().refuse(why));
    parked.clear();
  }

  /**
   * Ends the goal, if the state says that it is reached or lost.
   *
   * @return whether another goal follows
   */
  boolean settle() {
    SlotState state = loop.chronicle().record().state();
    boolean fallen = orders.isBegun() && (state == SlotState.ERROR || state == SlotState.OFFLINE);
    switch (orders.goal()) {
      case Goal.None none -> {}
      case Goal.Load load -> {
        if (state.isLive()) {
          reached();
        } else if (fallen) {
          lost();
        }
      }
      case Goal.Unload unload -> {
        if (state == SlotState.OFFLINE && isGone()) {
          return reached();
        } else if (fallen && state == SlotState.ERROR
            || state == SlotState.OFFLINE && loop.timing().isLate()) {
          lost();
        }
      }
    }
    return false;
  }

  private boolean isGone() {
    return isThere()
        && loop.board().unit().filter(one -> one.isDown() && !one.hasFailed()).isPresent()
        && !loop.bench().running().contains(Step.START);
  }

  private boolean reached() {
    boolean unloaded = orders.goal() instanceof Goal.Unload;
    SlotView view = loop.refreshView();
    if (unloaded) {
      loop.timing().limit(Duration.ZERO);
      loop.bench().unitFileIsDue();
    }
    orders.reached(view);
    return unloaded && orders.goal() instanceof Goal.Load;
  }

  private void lost() {
    loop.bench().giveStartUp();
    SlotView view = loop.refreshView();
    Optional<JobResult> job =
        orders.goal() instanceof Goal.Load load
            ? load.failure().flatMap(Goal.StartFailure::job)
            : Optional.empty();
    Map<String, Object> pull =
        orders.goal() instanceof Goal.Load load && load.supply() instanceof Supply.Failed failed
            ? failed.details()
            : Map.of();
    failures.tell(
        orders.giveUp(),
        new Failures.Case(
            loop.chronicle().record(), loop.board().unit(), job, pull, loop.board().isConnected()),
        view);
  }
}
