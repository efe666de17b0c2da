package hal0.app.node;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitStatus;
import java.util.Optional;

/** Slots as a test wants them: one thing of a view changed. */
final class Views {
  private Views() {}

  static SlotView disabled(SlotView view) {
    SlotSpec spec = view.spec().orElseThrow();
    return withSpec(view, Optional.of(spec(spec, false, spec.admission())), Optional.empty());
  }

  static SlotView waking(SlotView view) {
    SlotSpec spec = view.spec().orElseThrow();
    SlotSpec.Admission old = spec.admission();
    SlotSpec.Admission waking =
        new SlotSpec.Admission(
            old.maxInFlight(),
            old.queue(),
            old.patience(),
            true,
            old.drain(),
            old.firstByte(),
            old.stall(),
            old.apiKeyEnv());
    return withSpec(view, Optional.of(spec(spec, spec.enabled(), waking)), Optional.empty());
  }

  static SlotView broken(SlotView view) {
    return withSpec(view, Optional.empty(), Optional.of("line 1: nonsense"));
  }

  static SlotView stale(SlotView view) {
    return with(
        view,
        view.spec(),
        view.reason(),
        view.routable(),
        view.unit(),
        view.configError(),
        true,
        true);
  }

  static SlotView unseen(SlotView view) {
    return with(
        view, view.spec(), view.reason(), false, view.unit(), view.configError(), false, false);
  }

  static SlotView notRoutable(SlotView view, Reason reason) {
    return with(view, view.spec(), reason, false, view.unit(), view.configError(), false, true);
  }

  static SlotView withUnit(SlotView view, Optional<UnitStatus> unit) {
    return with(
        view, view.spec(), view.reason(), view.routable(), unit, view.configError(), false, true);
  }

  private static SlotView withSpec(
      SlotView view, Optional<SlotSpec> spec, Optional<String> configError) {
    return with(view, spec, view.reason(), view.routable(), view.unit(), configError, false, true);
  }

  private static SlotSpec spec(SlotSpec old, boolean enabled, SlotSpec.Admission admission) {
    return new SlotSpec(
        old.name(),
        old.provider(),
        old.port(),
        old.backend(),
        enabled,
        old.pinned(),
        old.model(),
        old.run(),
        old.needs(),
        old.probe(),
        admission,
        old.idle(),
        old.worker());
  }

  private static SlotView with(
      SlotView view,
      Optional<SlotSpec> spec,
      Reason reason,
      boolean routable,
      Optional<UnitStatus> unit,
      Optional<String> configError,
      boolean stale,
      boolean observed) {
    return new SlotView(
        view.name(),
        view.state(),
        reason,
        view.message(),
        view.modelId(),
        spec,
        view.port(),
        view.models(),
        routable,
        view.inFlight(),
        view.updatedAt(),
        unit,
        view.probe(),
        view.drift(),
        configError,
        stale,
        observed ? view.observedAt() : Optional.empty(),
        Optional.empty());
  }
}
