package hal0.slots.reconcile;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.pull.Progress;
import hal0.slots.pull.Want;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** All combinations of facts that the planner can meet. */
final class Cells {
  private static final long NOW = 1_000_000_000_000L;
  private static final String KNOWN = "11111111111111111111111111111111";
  private static final String OTHER = "22222222222222222222222222222222";
  private static final boolean[] BOTH = {false, true};
  private static final Want WANT =
      new Want.File("m", Path.of("/m.gguf"), "https://example.org/m.gguf", Optional.empty());

  private Cells() {}

  static void each(Consumer<Facts> look) {
    for (SlotRecord record : records()) {
      for (Goal goal : goals()) {
        if (goal instanceof Goal.None && record.state() == SlotState.UNLOADING) {
          continue;
        }
        for (UnitStatus unit : units()) {
          for (Seen seen : seen()) {
            flags(record, goal, unit, seen, look);
          }
        }
      }
    }
  }

  private record Seen(Optional<ProbeResult> probe, int failures, long noModelSince) {}

  private static void flags(
      SlotRecord record, Goal goal, UnitStatus unit, Seen seen, Consumer<Facts> look) {
    for (boolean fresh : BOTH) {
      for (boolean watched : BOTH) {
        for (boolean seenStart : BOTH) {
          for (boolean stopSeen : BOTH) {
            for (boolean late : BOTH) {
              boolean timed =
                  record.state().isLoading()
                      || record.state() == SlotState.UNLOADING
                      || record.reason() == Reason.DRAINING;
              long deadline = timed ? (late ? NOW - 1 : NOW + 1) : 0;
              for (Facts.Traffic traffic : traffic(record.state(), seenStart || stopSeen)) {
                look.accept(
                    new Facts(
                        record,
                        Optional.of(spec()),
                        goal,
                        Optional.of(unit),
                        fresh,
                        watched,
                        seenStart,
                        stopSeen,
                        seen.probe(),
                        seen.failures(),
                        seen.noModelSince(),
                        NOW,
                        Set.of(),
                        NOW,
                        deadline,
                        late ? NOW : NOW + 5,
                        watched,
                        traffic,
                        fetch(goal, seenStart, stopSeen)));
              }
            }
          }
        }
      }
    }
  }

  /**
   * No requests; some that move, or have been silent for too long; and long quiet, looked at or
   * not.
   */
  private static List<Facts.Traffic> traffic(SlotState state, boolean elsewhere) {
    if (!state.isLive() || elsewhere) {
      return List.of(Facts.Traffic.none(NOW));
    }
    long longAgo = NOW - Duration.ofHours(1).toNanos();
    return List.of(
        Facts.Traffic.none(NOW),
        new Facts.Traffic(1, NOW + 1, NOW, NOW - 1),
        new Facts.Traffic(2, NOW - 1, longAgo, NOW - 1),
        new Facts.Traffic(0, NOW, longAgo, longAgo),
        new Facts.Traffic(0, NOW, longAgo, NOW));
  }

  /** Whether there may be something to fetch: only then is a load's supply looked at. */
  private static Facts.Fetch fetch(Goal goal, boolean mayLack, boolean moves) {
    if (!(goal instanceof Goal.Load)) {
      return Facts.Fetch.NOTHING;
    }
    return new Facts.Fetch(mayLack, moves ? Optional.of(Progress.begun(WANT)) : Optional.empty());
  }

  private static List<SlotRecord> records() {
    List<SlotRecord> records = new ArrayList<>();
    for (SlotState state : SlotState.values()) {
      for (boolean down : BOTH) {
        Map<String, Object> extra =
            Map.of(Facts.INVOCATION, KNOWN, Facts.RESTARTS, 0, Facts.UNIT_DOWN, down);
        records.add(record(state, Reason.LOADED, extra));
      }
    }
    records.add(record(SlotState.OFFLINE, Reason.NEW, Map.of()));
    records.add(record(SlotState.READY, Reason.LOADED, Map.of()));
    records.add(record(SlotState.IDLE, Reason.QUIET, Map.of(Facts.INVOCATION, KNOWN)));
    records.add(record(SlotState.SERVING, Reason.DRAINING, Map.of(Facts.INVOCATION, KNOWN)));
    records.add(record(SlotState.WARMING, Reason.ADOPTED, Map.of(Facts.INVOCATION, KNOWN)));
    records.add(record(SlotState.ERROR, Reason.STOP_FAILED, Map.of(Facts.INVOCATION, KNOWN)));
    return records;
  }

  private static SlotRecord record(SlotState state, Reason reason, Map<String, Object> extra) {
    return new SlotRecord("a", state, "m", 8101, Instant.EPOCH, "", reason, extra);
  }

  private static List<Goal> goals() {
    List<Goal> goals = new ArrayList<>();
    goals.add(new Goal.None());
    for (Goal.Start start : Goal.Start.values()) {
      goals.add(new Goal.Load("m", new Supply.Unknown(List.of()), start, KNOWN, Optional.empty()));
      goals.add(new Goal.Load("m", new Supply.There(), start, KNOWN, Optional.empty()));
    }
    goals.add(Goal.Load.of("m").with(new Supply.Missing(List.of(WANT))));
    goals.add(Goal.Load.of("m").with(new Supply.Failed("no such file", Map.of())));
    goals.add(Goal.Load.of("m").failed(new Goal.StartFailure("no", false)));
    goals.add(Goal.Load.of("m").failed(new Goal.StartFailure("late", true)));
    goals.add(Goal.Unload.fresh());
    goals.add(Goal.Unload.fresh().asLate());
    goals.add(Goal.Unload.fresh().asLate().asKilled());
    goals.add(Goal.Unload.fresh().refused("denied"));
    return goals;
  }

  private static List<UnitStatus> units() {
    List<UnitStatus> units = new ArrayList<>();
    units.add(UnitStatus.absent(UnitName.ofSlot("a")));
    for (String invocation : List.of(KNOWN, OTHER)) {
      for (ActiveState active : ActiveState.values()) {
        units.add(unit(active, active.word(), 0, "success", invocation));
      }
      units.add(unit(ActiveState.ACTIVATING, "auto-restart", 1, "signal", invocation));
      units.add(unit(ActiveState.ACTIVE, "running", 1, "success", invocation));
      units.add(unit(ActiveState.FAILED, "failed", 5, "start-limit-hit", invocation));
      units.add(unit(ActiveState.ACTIVATING, "start", 7, 0, "success", invocation));
      units.add(unit(ActiveState.ACTIVATING, "start", 7, 1, "success", invocation));
    }
    return units;
  }

  private static UnitStatus unit(
      ActiveState active, String sub, int restarts, String result, String invocation) {
    int pid = active == ActiveState.ACTIVE ? 7 : 0;
    return unit(active, sub, pid, restarts, result, invocation);
  }

  /** One that is to tell systemd when it is ready. */
  private static UnitStatus unit(
      ActiveState active, String sub, int pid, int restarts, String result, String invocation) {
    return new UnitStatus(
        UnitName.ofSlot("a"),
        "loaded",
        active,
        sub,
        pid,
        restarts,
        result,
        invocation,
        Optional.of(new UnitStatus.Exit(true, 9)),
        "",
        Optional.empty(),
        Duration.ofSeconds(1),
        "",
        true);
  }

  private static List<Seen> seen() {
    List<Seen> all = new ArrayList<>();
    all.add(new Seen(Optional.empty(), 0, 0));
    for (Verdict verdict : Verdict.values()) {
      ProbeResult result = new ProbeResult(verdict, "said", List.of("m"), Duration.ofMillis(1));
      all.add(new Seen(Optional.of(result), verdict.isFailure() ? 1 : 0, 0));
      if (verdict.isFailure()) {
        all.add(new Seen(Optional.of(result), 3, 0));
      }
      if (verdict == Verdict.NO_MODEL) {
        all.add(new Seen(Optional.of(result), 0, NOW - Duration.ofSeconds(3).toNanos()));
      }
    }
    return all;
  }

  /** A slot of llama-server with the file's defaults. */
  static SlotSpec spec() {
    return new SlotSpec(
        "a",
        Provider.LLAMA_SERVER,
        8101,
        Optional.empty(),
        true,
        false,
        new SlotSpec.Model(
            Optional.of("m"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new SlotSpec.Run(
            SlotSpec.Runtime.EXEC,
            Optional.empty(),
            Optional.of(List.of("server")),
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
            Duration.ofMinutes(3),
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
            Duration.ofMinutes(5),
            Duration.ofMinutes(2),
            Optional.empty()),
        new SlotSpec.Idle(Duration.ofMinutes(5), Duration.ofMinutes(10)),
        Optional.empty());
  }
}
