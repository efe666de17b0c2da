package hal0.tests.sim;

import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SlotSpec.Admission;
import hal0.slots.spec.SlotSpec.Idle;
import hal0.slots.spec.SlotSpec.Model;
import hal0.slots.spec.SlotSpec.Needs;
import hal0.slots.spec.SlotSpec.ProbeSettings;
import hal0.slots.spec.SlotSpec.Run;
import hal0.slots.spec.SlotSpec.Runtime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Slots' definitions for simulated worlds. */
public final class Slots {
  private Slots() {}

  /** An {@code exec} slot with everything else at its default, but times that suit a simulation. */
  public static SlotSpec of(String name, Provider provider, int port, String model) {
    return new SlotSpec(
        name,
        provider,
        port,
        Optional.empty(),
        true,
        false,
        model(model, Optional.empty()),
        run("on-failure", Duration.ofSeconds(1)),
        new Needs(Optional.empty(), Optional.empty()),
        probe(Duration.ofSeconds(30)),
        admission(),
        new Idle(Duration.ofMinutes(5), Duration.ZERO),
        Optional.empty());
  }

  /** The same with another model. */
  public static SlotSpec withModel(SlotSpec spec, String model) {
    Model other = model(model, spec.model().source());
    return rebuilt(spec, other, spec.run(), spec.probe(), spec.idle());
  }

  /** The same with a model that can be fetched. */
  public static SlotSpec withSource(SlotSpec spec) {
    Model sourced = model(spec.model().id().orElse(""), Optional.of("https://models.test/x"));
    return rebuilt(spec, sourced, spec.run(), spec.probe(), spec.idle());
  }

  /** The same with another {@code Restart=} and {@code RestartSec=}. */
  public static SlotSpec withRestart(SlotSpec spec, String restart, Duration delay) {
    return rebuilt(spec, spec.model(), run(restart, delay), spec.probe(), spec.idle());
  }

  /** The same with another grace, probed more or less often. */
  public static SlotSpec probed(SlotSpec spec, Duration grace, Duration interval, int failures) {
    ProbeSettings was = spec.probe();
    ProbeSettings probe =
        new ProbeSettings(
            grace,
            interval,
            was.timeout(),
            failures,
            was.stabilise(),
            was.healthPath(),
            was.modelsPath(),
            was.chat(),
            was.anyListener());
    return rebuilt(spec, spec.model(), spec.run(), probe, spec.idle());
  }

  /** The same with other times of quiet. */
  public static SlotSpec quiet(SlotSpec spec, Duration after, Duration unloadAfter) {
    Idle idle = new Idle(after, unloadAfter);
    return rebuilt(spec, spec.model(), spec.run(), spec.probe(), idle);
  }

  /** The same with so much memory, in bytes, and never unloaded for another if it is pinned. */
  public static SlotSpec needing(SlotSpec spec, long memory, boolean pinned) {
    Needs needs = new Needs(Optional.of(memory), Optional.empty());
    return rebuilt(spec, pinned, needs, spec.admission());
  }

  /** The same with other limits, which is loaded when a request comes. */
  public static SlotSpec woken(SlotSpec spec, int maxInFlight, int queue, Duration patience) {
    Admission was = spec.admission();
    Admission limits =
        new Admission(
            maxInFlight,
            queue,
            patience,
            true,
            was.drain(),
            was.firstByte(),
            was.stall(),
            was.apiKeyEnv());
    return rebuilt(spec, spec.pinned(), spec.needs(), limits);
  }

  private static SlotSpec rebuilt(SlotSpec spec, boolean pinned, Needs needs, Admission admission) {
    return new SlotSpec(
        spec.name(),
        spec.provider(),
        spec.port(),
        spec.backend(),
        spec.enabled(),
        pinned,
        spec.model(),
        spec.run(),
        needs,
        spec.probe(),
        admission,
        spec.idle(),
        spec.worker());
  }

  private static SlotSpec rebuilt(
      SlotSpec spec, Model model, Run run, ProbeSettings probe, Idle idle) {
    return new SlotSpec(
        spec.name(),
        spec.provider(),
        spec.port(),
        spec.backend(),
        spec.enabled(),
        spec.pinned(),
        model,
        run,
        spec.needs(),
        probe,
        spec.admission(),
        idle,
        spec.worker());
  }

  private static Model model(String id, Optional<String> source) {
    return new Model(
        Optional.of(id).filter(word -> !word.isEmpty()),
        Optional.empty(),
        source,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Run run(String restart, Duration delay) {
    return new Run(
        Runtime.EXEC,
        Optional.empty(),
        Optional.of(List.of("/usr/bin/server", "{port}")),
        Map.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        restart,
        delay,
        false,
        Duration.ZERO,
        "");
  }

  private static ProbeSettings probe(Duration grace) {
    return new ProbeSettings(
        grace,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        3,
        Duration.ofSeconds(3),
        "/health",
        "/v1/models",
        false,
        false);
  }

  private static Admission admission() {
    return new Admission(
        0,
        0,
        Duration.ofSeconds(30),
        false,
        Duration.ofSeconds(5),
        Duration.ofSeconds(300),
        Duration.ofSeconds(120),
        Optional.empty());
  }
}
