package hal0.slots.spec;

import java.time.Duration;
import java.util.Optional;

/** Makes the spec of values that were found good. */
final class SpecBuilder {
  private SpecBuilder() {}

  static SlotSpec build(String name, Schema.Values values) {
    Provider provider = values.get(SpecKeys.PROVIDER);
    return new SlotSpec(
        name,
        provider,
        values.find(SpecKeys.PORT).orElse(0),
        filled(values.find(SpecKeys.BACKEND)),
        values.get(SpecKeys.ENABLED),
        values.get(SpecKeys.PINNED),
        model(values),
        run(values),
        new SlotSpec.Needs(values.find(SpecKeys.NEEDS_MEMORY), values.find(SpecKeys.NEEDS_VRAM)),
        probe(values, provider),
        admission(values),
        new SlotSpec.Idle(values.get(SpecKeys.IDLE_AFTER), values.get(SpecKeys.UNLOAD_AFTER)),
        worker(values, provider));
  }

  private static Optional<String> filled(Optional<String> text) {
    return text.filter(value -> !value.isEmpty());
  }

  private static SlotSpec.Model model(Schema.Values values) {
    return new SlotSpec.Model(
        filled(values.find(SpecKeys.MODEL_DEFAULT)),
        values.find(SpecKeys.MODEL_PATH),
        values.find(SpecKeys.MODEL_SOURCE),
        values.find(SpecKeys.MODEL_SHA256),
        values.find(SpecKeys.CONTEXT_SIZE),
        values.find(SpecKeys.GPU_LAYERS));
  }

  private static SlotSpec.Run run(Schema.Values values) {
    return new SlotSpec.Run(
        SpecRules.runtimeOf(values),
        values.find(SpecKeys.IMAGE),
        values.find(SpecKeys.COMMAND),
        values.get(SpecKeys.ENV),
        values.get(SpecKeys.DEVICES),
        values.get(SpecKeys.VOLUMES),
        values.find(SpecKeys.MEMORY_MAX),
        values.get(SpecKeys.RESTART),
        values.get(SpecKeys.RESTART_SEC),
        values.get(SpecKeys.SUPERVISE),
        values.find(SpecKeys.WATCHDOG).orElseGet(() -> watchdog(values)),
        values.get(SpecKeys.USER));
  }

  /**
   * A worker's work that stands still ends as a silent stream does, whether or not anybody reads.
   */
  private static Duration watchdog(Schema.Values values) {
    boolean worker = values.get(SpecKeys.PROVIDER) == Provider.WORKER;
    return worker ? values.get(SpecKeys.STALL) : values.get(SpecKeys.WATCHDOG);
  }

  private static SlotSpec.ProbeSettings probe(Schema.Values values, Provider provider) {
    return new SlotSpec.ProbeSettings(
        values.get(SpecKeys.GRACE),
        values.get(SpecKeys.INTERVAL),
        values.get(SpecKeys.TIMEOUT),
        values.get(SpecKeys.FAILURES),
        values.get(SpecKeys.STABILISE),
        values.find(SpecKeys.HEALTH_PATH).orElse(provider.healthPath()),
        values.find(SpecKeys.MODELS_PATH).orElse(provider.modelsPath()),
        values.get(SpecKeys.CHAT),
        values.get(SpecKeys.ANY_LISTENER));
  }

  private static SlotSpec.Admission admission(Schema.Values values) {
    return new SlotSpec.Admission(
        values.get(SpecKeys.MAX_IN_FLIGHT),
        values.get(SpecKeys.QUEUE),
        values.get(SpecKeys.WAIT),
        values.get(SpecKeys.WAKE),
        values.get(SpecKeys.DRAIN),
        values.get(SpecKeys.FIRST_BYTE),
        values.get(SpecKeys.STALL),
        filled(Optional.of(values.get(SpecKeys.API_KEY_ENV))));
  }

  private static Optional<SlotSpec.Worker> worker(Schema.Values values, Provider provider) {
    if (provider != Provider.WORKER) {
      return Optional.empty();
    }
    return Optional.of(
        new SlotSpec.Worker(
            values.get(SpecKeys.ROLE),
            values.find(SpecKeys.ENGINE),
            values.get(SpecKeys.WORKER_LOAD).equals("lazy"),
            values.get(SpecKeys.OPTIONS)));
  }
}
