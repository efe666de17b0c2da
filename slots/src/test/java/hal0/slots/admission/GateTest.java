package hal0.slots.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.SystemClockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final AtomicInteger changed = new AtomicInteger();
  private final AtomicInteger wanted = new AtomicInteger();
  private final Gate gate =
      new Gate(
          new SystemClockwork(),
          () -> view(SlotState.STARTING),
          () -> Duration.ofSeconds(7),
          new Gate.Listener() {
            @Override
            public void changed() {
              changed.incrementAndGet();
            }

            @Override
            public void wanted() {
              wanted.incrementAndGet();
            }
          });

  private static SlotView view(SlotState state) {
    return new SlotView(
        "chat",
        state,
        Reason.REQUESTED,
        "starting",
        "m",
        Optional.empty(),
        1,
        List.of(),
        false,
        0,
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  private static SlotSpec.Admission limits(int maxInFlight, int queue, Duration patience) {
    return new SlotSpec.Admission(
        maxInFlight, queue, patience, true, LONG, LONG, LONG, Optional.empty());
  }

  private static Throwable refusal(CompletableFuture<Lease> place) {
    try {
      place.get(30, TimeUnit.SECONDS);
      throw new AssertionError("was let in");
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aShutGateRefusesWithTheSlotsState() {
    SlotException.NotReady refused = (SlotException.NotReady) refusal(gate.enter());
    assertThat(refused).hasMessageContaining("chat").hasMessageContaining("starting");
    assertThat(refused.untilReady()).contains(Duration.ofSeconds(7));
    assertThat(gate.inFlight()).isZero();
    assertThat(wanted).hasValue(0);
  }

  @Test
  void tellsOfTheFirstAndTheLastOnly() {
    gate.set(Gate.Mode.OPEN, SlotSpec.Admission.DEFAULT);
    Lease one = gate.enter().join();
    Lease two = gate.enter().join();
    assertThat(gate.inFlight()).isEqualTo(2);
    assertThat(changed).hasValue(1);
    one.close();
    one.close();
    assertThat(gate.inFlight()).isEqualTo(1);
    assertThat(changed).hasValue(1);
    two.close();
    assertThat(changed).hasValue(2);
    assertThat(gate.inFlight()).isZero();
  }

  @Test
  void moreThanTheFileAllowsWaitAndMoreAreRefused() {
    gate.set(Gate.Mode.OPEN, limits(1, 1, LONG));
    Lease one = gate.enter().join();
    CompletableFuture<Lease> two = gate.enter();
    assertThat(two).isNotDone();
    SlotException.Saturated full = (SlotException.Saturated) refusal(gate.enter());
    assertThat(full.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
    one.close();
    two.join().close();
    assertThat(gate.inFlight()).isZero();
  }

  @Test
  void whoWaitedTooLongIsRefused() {
    gate.set(Gate.Mode.OPEN, limits(1, 5, Duration.ofMillis(20)));
    Lease one = gate.enter().join();
    assertThat(refusal(gate.enter())).isInstanceOf(SlotException.Saturated.class);
    one.close();
    gate.set(Gate.Mode.WAITING, limits(1, 5, Duration.ofMillis(20)));
    assertThat(refusal(gate.enter())).isInstanceOf(SlotException.NotReady.class);
  }

  @Test
  void manyWhoWaitForALoadAskForItOnce() {
    gate.set(Gate.Mode.WAITING, limits(0, 0, LONG));
    List<CompletableFuture<Lease>> places = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      places.add(gate.enter());
    }
    assertThat(wanted).hasValue(1);
    assertThat(places).noneMatch(CompletableFuture::isDone);
    gate.set(Gate.Mode.OPEN, limits(0, 0, LONG));
    places.forEach(one -> one.join().close());
    assertThat(gate.inFlight()).isZero();
  }

  @Test
  void aLoadThatFailsIsToldToAllAndMayBeAskedForAgain() {
    gate.set(Gate.Mode.WAITING, limits(0, 0, LONG));
    CompletableFuture<Lease> one = gate.enter();
    gate.turnAway("no such model");
    assertThat(refusal(one))
        .isInstanceOf(SlotException.NotReady.class)
        .hasMessageContaining("no such model");
    CompletableFuture<Lease> two = gate.enter();
    assertThat(wanted).hasValue(2);
    gate.set(Gate.Mode.SHUT, limits(0, 0, LONG));
    assertThat(refusal(two)).isInstanceOf(SlotException.NotReady.class);
  }

  @Test
  void whoeverLeavesGivesUpThePlace() {
    gate.set(Gate.Mode.OPEN, limits(1, 5, LONG));
    Lease one = gate.enter().join();
    CompletableFuture<Lease> leaves = gate.enter();
    CompletableFuture<Lease> stays = gate.enter();
    leaves.cancel(false);
    one.close();
    stays.join().close();
    assertThat(gate.inFlight()).isZero();
  }

  @Test
  void isShutOnlyWhenNobodyIsInside() {
    gate.set(Gate.Mode.OPEN, SlotSpec.Admission.DEFAULT);
    Lease one = gate.enter().join();
    assertThat(gate.shutIfEmpty()).isFalse();
    one.close();
    assertThat(gate.shutIfEmpty()).isTrue();
    assertThatThrownBy(() -> gate.enter().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(SlotException.NotReady.class);
  }

  @Test
  void theSlotEndsItsRequests() {
    gate.set(Gate.Mode.OPEN, SlotSpec.Admission.DEFAULT);
    Lease one = gate.enter().join();
    gate.endAll("it died");
    assertThat(one.ended()).isCompletedWithValue("it died");
    assertThat(gate.inFlight()).isZero();
    one.close();
    assertThat(gate.inFlight()).isZero();
  }

  @Test
  void bytesAreASignOfLifeAndComingAndGoingIsNot() {
    gate.set(Gate.Mode.OPEN, SlotSpec.Admission.DEFAULT);
    long before = gate.lastMove();
    Lease one = gate.enter().join();
    assertThat(gate.lastMove()).isEqualTo(before);
    one.moved();
    assertThat(gate.lastMove() - before).isPositive();
    long waiting = gate.patientUntil();
    one.begun();
    assertThat(gate.patientUntil() - waiting).isNegative();
    one.close();
    assertThat(gate.lastUse() - gate.lastMove()).isNotNegative();
  }

  @Test
  void neverMoreInsideThanAllowedAndNobodyIsForgotten() throws Exception {
    gate.set(Gate.Mode.OPEN, limits(3, 1000, LONG));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        clients.submit(
            () -> {
              try (Lease lease = gate.enter().join()) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                lease.begun();
                Thread.yield();
                inside.decrementAndGet();
                served.incrementAndGet();
              }
            });
      }
    }
    assertThat(served).hasValue(300);
    assertThat(most.get()).isBetween(1, 3);
    assertThat(gate.inFlight()).isZero();
  }
}
