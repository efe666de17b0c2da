package hal0.slots.reconcile;

import hal0.slots.Order;
import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.unit.UnitFiles;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What people asked of one slot: the goal, who waits for it, and the load that follows an unload.
 * For the slot's loop only.
 */
final class Orders {
  /**
   * How the slot stands when a command is taken.
   *
   * @param starting whether a start is under way
   */
  record Standing(
      SlotRecord record, SlotFile file, UnitStatus unit, boolean starting, SlotView view) {
    String name() {
      return record.name();
    }

    SlotState state() {
      return record.state();
    }

    boolean isGone() {
      return unit.activeState() == ActiveState.INACTIVE && !starting;
    }
  }

  private record Next(String modelId, String told, List<Asked> waiters) {}

  private final UnitFiles unitFiles;
  private Goal goal = new Goal.None();
  private boolean begun;
  private String told = "";

  /** Another for each goal that was set by a command. */
  private int revision;

  private List<Asked> waiters = new ArrayList<>();
  private Optional<Next> next = Optional.empty();

  Orders(UnitFiles unitFiles) {
    this.unitFiles = unitFiles;
  }

  Goal goal() {
    return goal;
  }

  /** The same goal, one step further. */
  void advance(Goal further) {
    goal = further;
  }

  /** Found on disk: an unload that was begun is finished. */
  void resumeUnload() {
    goal = Goal.Unload.fresh();
    told = "an unload that was begun before the daemon's start";
    begun = true;
  }

  /** What was asked and who did, for people; "" when nothing is. */
  String told() {
    return goal instanceof Goal.None ? "" : told;
  }

  /** Found on disk: a pull that was begun goes on. */
  void resumeLoad(String modelId) {
    goal = Goal.Load.of(modelId);
    told = "a load that was begun before the daemon's start";
    begun = true;
  }

  /** The slot has left its state for the goal. */
  void begun() {
    begun = true;
  }

  boolean isBegun() {
    return begun;
  }

  /** Whether a stop of the unit that is seen now is our own, or one from before our start. */
  boolean isStopOurs() {
    return switch (goal) {
      case Goal.None none -> false;
      case Goal.Unload unload -> true;
      case Goal.Load load -> load.start() == Goal.Start.DUE || load.start() == Goal.Start.UNDER_WAY;
    };
  }

  /**
   * Takes a command: it is answered, refused, joined to what is under way, or becomes the goal.
   *
   * @return whether the goal is another now
   */
  boolean take(Asked asked, Standing now) {
    int before = revision;
    try {
      switch (asked.verb()) {
        case LOAD -> load(asked, now);
        case UNLOAD -> unload(asked, now);
        case RESTART -> swap(asked, now, restarted(now));
        case SWAP -> swap(asked, now, asked.model().orElseThrow());
      }
    } catch (SlotException e) {
      asked.refuse(e);
    }
    return revision != before;
  }

  private void load(Asked asked, Standing now) throws SlotException {
    SlotSpec spec = usable(now);
    String wanted = asked.model().orElse(spec.model().id().orElse(""));
    if (goal instanceof Goal.Unload) {
      loadAfterUnload(asked, now, wanted);
    } else if (goal instanceof Goal.Load load) {
      join(asked, now, load.modelId(), waiters);
    } else if (now.state().isLive()) {
      loadLive(asked, now, wanted);
    } else if (now.state().isLoading()) {
      joinOthers(asked, now, now.record().modelId());
    } else if (now.state() == SlotState.OFFLINE && now.unit().isUp()) {
      joinOthers(asked, now, unitFiles.model(now.name()).orElse(""));
    } else {
      unitFiles.check(spec, Optional.of(wanted).filter(id -> !id.isEmpty()));
      // A start while systemd waits to restart it would only wait with it, so that wait is ended
      // first.
      boolean alive = !now.unit().isDown() || now.starting();
      begin(alive ? Goal.Unload.fresh() : Goal.Load.of(wanted), alive, wanted, asked);
    }
  }

  /** Begins anew; {@code first} says that the load has to wait until what runs is gone. */
  private void begin(Goal wanted, boolean first, String modelId, Asked asked) {
    set(wanted, false, asked);
    if (first) {
      next = Optional.of(new Next(modelId, asked.told(), listOf(asked)));
    } else {
      waiters = listOf(asked);
    }
  }

  private void set(Goal wanted, boolean isBegun, Asked by) {
    goal = wanted;
    told = by.told();
    begun = isBegun;
    revision++;
  }

  private void loadAfterUnload(Asked asked, Standing now, String wanted) throws SlotException {
    if (next.isPresent()) {
      join(asked, now, next.get().modelId(), next.get().waiters());
    } else {
      unitFiles.check(usable(now), Optional.of(wanted).filter(id -> !id.isEmpty()));
      next = Optional.of(new Next(wanted, asked.told(), listOf(asked)));
    }
  }

  private static void join(Asked asked, Standing now, String has, List<Asked> others)
      throws SlotException {
    if (asked.model().isPresent() && !asked.model().get().equals(has)) {
      throw new SlotException.ModelMismatch(now.name(), has, asked.model().get());
    }
    others.add(asked);
  }

  /** A load that somebody else has begun becomes ours, without touching the unit. */
  private void joinOthers(Asked asked, Standing now, String has) throws SlotException {
    List<Asked> joined = new ArrayList<>();
    join(asked, now, has, joined);
    waiters = joined;
    Goal.Load running = Goal.Load.of(has).with(new Supply.There()).with(Goal.Start.DONE);
    set(running, now.state().isLoading(), asked);
  }

  private void loadLive(Asked asked, Standing now, String wanted) throws SlotException {
    String has = now.record().modelId();
    boolean without =
        now.state() == SlotState.IDLE && now.record().reason() != hal0.slots.lifecycle.Reason.QUIET;
    boolean served = now.view().models().contains(wanted);
    if (asked.model().isPresent() && !without && !has.isEmpty() && !has.equals(wanted)) {
      throw new SlotException.ModelMismatch(now.name(), has, wanted);
    }
    if (wanted.isEmpty() || !without && (asked.model().isEmpty() || has.equals(wanted) || served)) {
      asked.complete(now.view());
    } else {
      swap(asked, now, wanted);
    }
  }

  private void unload(Asked asked, Standing now) {
    cancelNext(now, "unloaded meanwhile");
    if (goal instanceof Goal.Load) {
      cancelWaiters(now, "unloaded while it loaded");
    } else if (goal instanceof Goal.Unload) {
      waiters.add(asked);
      return;
    }
    if (now.state() == SlotState.OFFLINE && now.isGone()) {
      set(new Goal.None(), false, asked);
      asked.complete(now.view());
      return;
    }
    begin(Goal.Unload.fresh(asked.why(), asked.note()), false, "", asked);
  }

  private void swap(Asked asked, Standing now, String modelId) throws SlotException {
    SlotSpec spec = usable(now);
    unitFiles.check(spec, Optional.of(modelId).filter(id -> !id.isEmpty()));
    String verb = asked.verb() == Order.Verb.RESTART ? "restarted" : "swapped to " + modelId;
    cancelNext(now, verb + " meanwhile");
    if (goal instanceof Goal.Load) {
      cancelWaiters(now, verb + " while it loaded");
    }
    if (goal instanceof Goal.Unload) {
      next = Optional.of(new Next(modelId, asked.told(), listOf(asked)));
    } else if (now.state() == SlotState.OFFLINE && now.isGone()) {
      begin(Goal.Load.of(modelId), false, modelId, asked);
    } else {
      begin(Goal.Unload.fresh(), true, modelId, asked);
    }
  }

  /** What a restart loads: what is loaded, else what the file says. */
  private String restarted(Standing now) {
    if (goal instanceof Goal.Load load) {
      return load.modelId();
    }
    String has = now.record().modelId();
    return has.isEmpty() ? now.file().spec().flatMap(spec -> spec.model().id()).orElse("") : has;
  }

  private static SlotSpec usable(Standing now) throws SlotException {
    if (now.file().spec().isEmpty()) {
      throw new SlotException.ConfigError(now.name(), now.file().problems());
    }
    return now.file().spec().get();
  }

  private void cancelWaiters(Standing now, String why) {
    List<Asked> ended = waiters;
    waiters = new ArrayList<>();
    ended.forEach(
        one ->
            one.fail(new SlotException.Cancelled(now.name(), now.name() + ": " + why), now.view()));
  }

  private void cancelNext(Standing now, String why) {
    next.ifPresent(
        one ->
            one.waiters()
                .forEach(
                    asked ->
                        asked.fail(
                            new SlotException.Cancelled(now.name(), now.name() + ": " + why),
                            now.view())));
    next = Optional.empty();
  }

  /** Tells everybody who waits that their command is under way. */
  void acceptAll(SlotView view) {
    waiters.forEach(one -> one.accept(view));
    next.ifPresent(load -> load.waiters().forEach(one -> one.accept(view)));
  }

  /**
   * The goal is reached: answers who waits; an unload may be followed by a load, which is the goal
   * then.
   */
  void reached(SlotView view) {
    List<Asked> ended = waiters;
    waiters = new ArrayList<>();
    if (goal instanceof Goal.Unload && next.isPresent()) {
      goal = Goal.Load.of(next.get().modelId());
      told = next.get().told();
      begun = false;
      waiters = next.get().waiters();
      next = Optional.empty();
    } else {
      goal = new Goal.None();
    }
    ended.forEach(one -> one.complete(view));
  }

  /** The goal cannot be reached: takes everybody who waited, for the caller to tell them why. */
  List<Asked> giveUp() {
    List<Asked> ended = new ArrayList<>(waiters);
    next.ifPresent(load -> ended.addAll(load.waiters()));
    waiters = new ArrayList<>();
    next = Optional.empty();
    goal = new Goal.None();
    return ended;
  }

  private static List<Asked> listOf(Asked asked) {
    List<Asked> list = new ArrayList<>();
    list.add(asked);
    return list;
  }
}
