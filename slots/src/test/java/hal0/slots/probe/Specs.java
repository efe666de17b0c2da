package hal0.slots.probe;

import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Slots to probe. */
final class Specs {
  /** Long enough that a slow machine never reaches it. */
  static final Duration PATIENT = Duration.ofSeconds(60);

  /** For what is to time out. */
  static final Duration SHORT = Duration.ofSeconds(2);

  private Specs() {}

  static SlotSpec of(Provider provider, int port) {
    return of(provider, port, PATIENT);
  }

  static SlotSpec of(Provider provider, int port, Duration timeout) {
    return of(
        provider, port, settings(provider, timeout, false), Optional.of("told"), Optional.empty());
  }

  static SlotSpec.ProbeSettings settings(Provider provider, Duration timeout, boolean chat) {
    return new SlotSpec.ProbeSettings(
        Duration.ofSeconds(180),
        Duration.ofSeconds(10),
        timeout,
        3,
        Duration.ofSeconds(3),
        provider.healthPath(),
        provider.modelsPath(),
        chat,
        false);
  }

  static SlotSpec of(
      Provider provider,
      int port,
      SlotSpec.ProbeSettings probe,
      Optional<String> model,
      Optional<String> keyEnv) {
    Duration some = Duration.ofSeconds(30);
    return new SlotSpec(
        "slot-" + port,
        provider,
        port,
        Optional.empty(),
        true,
        false,
        new SlotSpec.Model(
            model,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new SlotSpec.Run(
            SlotSpec.Runtime.EXEC,
            Optional.empty(),
            Optional.empty(),
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
        probe,
        new SlotSpec.Admission(0, 0, some, false, some, some, some, keyEnv),
        new SlotSpec.Idle(Duration.ZERO, Duration.ZERO),
        Optional.empty());
  }
}
