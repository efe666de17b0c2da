package hal0.slots.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.lifecycle.Lifecycle;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every wanted × state × unit × probe cell, through the planner. */
class PlannerTableTest {
  /** Edges that nothing needs. */
  private static final Set<String> NOT_NEEDED =
      Set.of("SERVING IDLE LIFECYCLE", "STARTING OFFLINE LIFECYCLE", "WARMING OFFLINE LIFECYCLE");

  private long cells;

  @Test
  void noCellThrowsAndNoDecisionIsRefusedByTheTable() {
    Cells.each(
        facts -> {
          cells++;
          Planner.decide(facts)
              .change()
              .ifPresent(
                  change ->
                      assertThat(
                              Lifecycle.allows(
                                  facts.record().state(),
                                  change.to(),
                                  change.kind(),
                                  change.reason()))
                          .as("%s -> %s", facts, change)
                          .isTrue());
        });
    assertThat(cells).isGreaterThan(100_000);
  }

  @Test
  void everyEdgeOfTheTableIsTakenInSomeCell() {
    Set<String> open = new TreeSet<>();
    Lifecycle.edges().forEach(edge -> open.add(edge.from() + " " + edge.to() + " " + edge.kind()));
    Cells.each(
        facts ->
            Planner.decide(facts)
                .change()
                .ifPresent(
                    change ->
                        open.remove(
                            facts.record().state() + " " + change.to() + " " + change.kind())));
    assertThat(open).containsExactlyInAnyOrderElementsOf(NOT_NEEDED);
  }

  @Test
  void everyCellComesToRest() {
    Cells.each(PlannerTableTest::comesToRest);
  }

  private static void comesToRest(Facts facts) {
    Facts now = facts;
    boolean begun = false;
    for (int changes = 0; changes < 6; changes++) {
      Decision decision = Planner.decide(now);
      if (decision.change().isEmpty()) {
        return;
      }
      SlotState to = decision.change().get().to();
      begun |= to == SlotState.STARTING || to == SlotState.UNLOADING || to == SlotState.PULLING;
      boolean over = to.isLive() || begun && (to == SlotState.ERROR || to == SlotState.OFFLINE);
      now = after(now, decision.change().get(), over ? new Goal.None() : now.goal());
    }
    throw new AssertionError("does not come to rest: " + facts);
  }

  /**
   * What never rests by itself has a time at which it is decided again, or something is under way
   * for it.
   */
  @Test
  void everyStateThatAwaitsSomethingIsWoken() {
    Cells.each(
        facts -> {
          Decision decision = Planner.decide(facts);
          SlotState state = facts.record().state();
          boolean waits =
              state.isLoading()
                  || state == SlotState.UNLOADING
                  || facts.goal() instanceof Goal.Unload && state == SlotState.SERVING;
          boolean saysAnother =
              decision.restate().flatMap(Decision.Saying::reason).isPresent()
                  && facts.record().reason() != decision.restate().get().reason().get();
          if (waits && decision.change().isEmpty() && !saysAnother) {
            assertThat(decision.wakeAt().isPresent() || !decision.steps().isEmpty())
                .as("%s: %s", facts, decision)
                .isTrue();
          }
        });
  }

  @Test
  void aUnitIsNeverStartedOrStoppedWithoutACommand() {
    Consumer<Facts> rule =
        facts -> {
          if (facts.goal() instanceof Goal.None) {
            assertThat(Planner.decide(facts).steps())
                .as("%s", facts)
                .doesNotContain(Step.START, Step.STOP, Step.KILL);
          }
        };
    Cells.each(rule);
  }

  @Test
  void nothingIsStartedBeforeWhatItNeedsIsThere() {
    Cells.each(
        facts -> {
          if (facts.goal() instanceof Goal.Load load
              && !(facts.supply(load) instanceof Supply.There)) {
            Decision decision = Planner.decide(facts);
            SlotState state = facts.record().state();
            boolean before =
                state == SlotState.OFFLINE
                    || state == SlotState.ERROR
                    || state == SlotState.PULLING;
            if (before) {
              assertThat(decision.steps()).as("%s", facts).doesNotContain(Step.START);
              assertThat(decision.change().map(Decision.Change::to))
                  .as("%s", facts)
                  .isNotEqualTo(Optional.of(SlotState.STARTING));
            }
          }
        });
  }

  @Test
  void nothingIsFetchedThatNobodyWants() {
    Cells.each(
        facts -> {
          if (!(facts.goal() instanceof Goal.Load)) {
            assertThat(Planner.decide(facts).steps())
                .as("%s", facts)
                .doesNotContain(Step.SURVEY, Step.PULL);
            assertThat(Planner.decide(facts).change().map(Decision.Change::to))
                .as("%s", facts)
                .isNotEqualTo(Optional.of(SlotState.PULLING));
          }
        });
  }

  @Test
  void requestsInsideAreNeverStopped() {
    Cells.each(
        facts -> {
          boolean inside = facts.traffic().inFlight() > 0 && facts.record().state().isLive();
          Decision decision = Planner.decide(facts);
          if (inside && facts.goal() instanceof Goal.Unload) {
            assertThat(decision.steps()).as("%s", facts).doesNotContain(Step.STOP, Step.KILL);
            assertThat(decision.change().map(Decision.Change::to))
                .as("%s", facts)
                .isNotEqualTo(Optional.of(SlotState.UNLOADING));
          }
          if (inside) {
            assertThat(decision.steps()).as("%s", facts).doesNotContain(Step.RETIRE);
          }
        });
  }

  @Test
  void failedProbesDoNotEndASlotWhoseRequestsMove() {
    Cells.each(
        facts -> {
          boolean unitIsWell =
              facts.goal() instanceof Goal.None
                  && facts.unit().orElseThrow().isUp()
                  && !facts.isNewInvocation();
          if (facts.record().state() == SlotState.SERVING && facts.isBusy() && unitIsWell) {
            assertThat(Planner.decide(facts).change().map(Decision.Change::to))
                .as("%s", facts)
                .isNotEqualTo(Optional.of(SlotState.ERROR));
          }
        });
  }

  @Test
  void readyComesFromEvidenceOnly() {
    Cells.each(
        facts ->
            Planner.decide(facts)
                .change()
                .filter(
                    change ->
                        change.to() == SlotState.READY
                            && facts.record().state() != SlotState.SERVING)
                .ifPresent(change -> assertThat(facts.serves()).as("%s", facts).isTrue()));
  }

  private static Facts after(Facts before, Decision.Change change, Goal goal) {
    Map<String, Object> extra = new HashMap<>(before.record().extra());
    before
        .unit()
        .ifPresent(
            unit -> {
              extra.put(Facts.INVOCATION, unit.invocationId());
              extra.put(Facts.RESTARTS, unit.restarts());
              extra.put(Facts.UNIT_DOWN, unit.isDown());
            });
    SlotRecord record =
        new SlotRecord(
            "a",
            change.to(),
            before.record().modelId(),
            1,
            Instant.EPOCH,
            change.message(),
            change.reason(),
            extra);
    boolean over = change.to() == SlotState.OFFLINE || change.to() == SlotState.STARTING;
    boolean anew =
        change.to().isLoading() || change.to().isLive() != before.record().state().isLive();
    long deadline =
        change.to().isLoading() || change.to() == SlotState.UNLOADING ? before.now() + 1 : 0;
    return new Facts(
        record,
        before.spec(),
        goal,
        before.unit(),
        before.fresh(),
        before.watched(),
        before.seenStart(),
        before.stopSeen() && !over,
        before.probe(),
        anew ? 0 : before.failures(),
        before.noModelSince(),
        before.probedAt(),
        before.running(),
        before.now(),
        deadline,
        before.probeAt(),
        before.unitFileDue(),
        change.to() == SlotState.READY && change.reason() == Reason.DRAINING
            ? Facts.Traffic.none(before.now())
            : before.traffic(),
        before.fetch());
  }

  @Test
  void aRecordThatStopFailedIsNotAdoptedAgain() {
    Cells.each(
        facts -> {
          boolean failed = facts.record().reason() == Reason.STOP_FAILED;
          if (failed && facts.goal() instanceof Goal.None && !facts.isNewInvocation()) {
            assertThat(Planner.decide(facts).change().filter(change -> change.to().isLive()))
                .as("%s", facts)
                .isEmpty();
          }
        });
  }
}
