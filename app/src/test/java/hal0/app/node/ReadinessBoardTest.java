package hal0.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.api.FakeSlots;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.time.SystemClockwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** How changes are numbered, and that a snapshot is whole. */
class ReadinessBoardTest {
  private final FakeSlots slots = new FakeSlots().with("chat", 8101).with("embed", 8102);
  private final ReadinessBoard board = board(slots);

  static ReadinessBoard board(FakeSlots slots) {
    return new ReadinessBoard(
        new ReadinessBoard.Node("box", "boot"),
        slots,
        slots::isConnected,
        new Requirements(List.of(), name -> true),
        BusState.OFF,
        new SystemClockwork());
  }

  private Snapshot move(String name, SlotState state, Reason reason) {
    slots.move(name, state, reason, "", "qwen3-4b");
    return board.look();
  }

  @Test
  void everyChangeIsNumberedOnce() {
    move("chat", SlotState.READY, Reason.LOADED);
    Snapshot first = move("embed", SlotState.READY, Reason.LOADED);
    Snapshot again = board.look();
    Snapshot error = move("embed", SlotState.ERROR, Reason.UNIT_DIED);
    Snapshot reason = move("embed", SlotState.ERROR, Reason.HEALTH_FAILED);
    board.bus(new BusState(true, false, "http://router"));
    Snapshot bus = board.look();
    slots.connected = false;
    Snapshot lost = board.look();

    assertThat(first.readiness()).isEqualTo(new Readiness(NodeState.READY, "", true));
    assertThat(again.seq()).isEqualTo(first.seq());
    assertThat(error.readiness().state()).isEqualTo(NodeState.DEGRADED);
    assertThat(error.seq()).isEqualTo(first.seq() + 1);
    assertThat(reason.seq()).isEqualTo(error.seq() + 1);
    assertThat(bus.seq()).isEqualTo(reason.seq() + 1);
    assertThat(lost.seq()).isEqualTo(bus.seq() + 1);
    assertThat(lost.readiness().state()).isEqualTo(NodeState.UNAVAILABLE);
    assertThat(lost.readiness().backendInitialized()).isFalse();
    assertThat(error.lastTransitionMs()).isGreaterThan(first.lastTransitionMs());
    assertThat(reason.lastTransitionMs())
        .as("the same word and reason")
        .isEqualTo(error.lastTransitionMs());
    assertThat(lost.lastTransitionMs()).isGreaterThan(bus.lastTransitionMs());
  }

  @Test
  void requestsDoNotCount() {
    move("chat", SlotState.READY, Reason.ADOPTED);
    Snapshot ready = move("embed", SlotState.READY, Reason.LOADED);
    Snapshot serving = move("chat", SlotState.SERVING, Reason.REQUEST);
    Snapshot over = move("chat", SlotState.READY, Reason.LOADED);
    Snapshot quiet = move("chat", SlotState.IDLE, Reason.QUIET);

    assertThat(List.of(serving.seq(), over.seq())).containsOnly(ready.seq());
    assertThat(serving.slots().get("chat").state()).isEqualTo(SlotState.SERVING);
    assertThat(quiet.seq()).isEqualTo(ready.seq() + 1);
  }

  @Test
  void aNewSlotIsWaitedForAndAFailedRequestIsNothing() {
    move("chat", SlotState.READY, Reason.LOADED);
    move("embed", SlotState.READY, Reason.LOADED);
    slots.put(
        FakeSlots.view(FakeSlots.spec("late", 8103), SlotState.WARMING, Reason.REQUESTED, "", "m"));
    Snapshot waits = board.look();
    Snapshot up = move("late", SlotState.READY, Reason.LOADED);
    Snapshot reloads = move("late", SlotState.STARTING, Reason.REQUESTED);

    assertThat(waits.readiness())
        .isEqualTo(new Readiness(NodeState.INITIALIZING, "waiting for late (warming)", true));
    assertThat(up.readiness().state()).isEqualTo(NodeState.READY);
    assertThat(reloads.readiness())
        .as("it has had its first outcome")
        .isEqualTo(new Readiness(NodeState.DEGRADED, "not available: late (starting)", true));
  }

  @Test
  void theLastOneSaysStopping() throws Exception {
    Snapshot before = board.look();
    board.stop();
    Snapshot last = board.await(before.seq(), Duration.ofMinutes(1));

    assertThat(last.last()).isTrue();
    assertThat(last.readiness().state()).isEqualTo(NodeState.UNAVAILABLE);
    assertThat(last.readiness().reason()).isEqualTo("stopping");
    assertThat(last.seq()).isEqualTo(before.seq() + 1);
    assertThat(board.look().seq()).isEqualTo(last.seq());
  }

  @Test
  void whoWaitsIsToldWithoutLooking() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Snapshot before = board.look();
      Future<Snapshot> waits =
          threads.submit(() -> board.await(before.seq(), Duration.ofMinutes(2)));
      slots.move("chat", SlotState.ERROR, Reason.UNIT_DIED, "", "");

      assertThat(waits.get(60, TimeUnit.SECONDS).slots().get("chat").state())
          .isEqualTo(SlotState.ERROR);
    }
  }

  @Test
  void noSnapshotIsTorn() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> churn = new ArrayList<>();
      for (String name : List.of("chat", "embed")) {
        churn.add(threads.submit(() -> churn(name, over)));
      }
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(threads.submit(this::readMany));
      }
      for (Future<?> reader : readers) {
        reader.get(120, TimeUnit.SECONDS);
      }
      over.set(true);
      for (Future<?> one : churn) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
  }

  private Void churn(String name, AtomicBoolean over) {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    List<SlotState> states =
        List.of(SlotState.READY, SlotState.SERVING, SlotState.ERROR, SlotState.OFFLINE);
    while (!over.get()) {
      slots.move(name, states.get(random.nextInt(states.size())), Reason.LOADED, "", "m");
      Thread.yield();
    }
    return null;
  }

  private Void readMany() {
    Snapshot before = board.look();
    for (int i = 0; i < 2000; i++) {
      Snapshot now = board.look();
      assertThat(now.readiness()).isEqualTo(recomputed(now.slots()));
      assertThat(now.seq()).isGreaterThanOrEqualTo(before.seq());
      assertThat(now.lastTransitionMs()).isGreaterThanOrEqualTo(before.lastTransitionMs());
      if (now.seq() == before.seq()) {
        assertThat(now.differsFrom(before)).isFalse();
      }
      if (!now.readiness().equals(before.readiness())) {
        assertThat(now.seq()).isGreaterThan(before.seq());
        assertThat(now.lastTransitionMs()).isGreaterThan(before.lastTransitionMs());
      }
      before = now;
    }
    return null;
  }

  /** What the shown slots say, by the rule. */
  private static Readiness recomputed(Map<String, Snapshot.Slot> slots) {
    List<Readiness.Required> required = new ArrayList<>();
    slots.forEach(
        (name, slot) ->
            required.add(new Readiness.Required(name, slot.state().word(), true, slot.routable())));
    return Readiness.of(Readiness.Link.UP, required);
  }
}
