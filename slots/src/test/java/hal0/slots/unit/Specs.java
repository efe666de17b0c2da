package hal0.slots.unit;

import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes slots for tests of drop-ins. */
final class Specs {
  private static final Duration ZERO = Duration.ZERO;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Provider provider;
  private final SlotSpec.Runtime runtime;
  private Optional<String> model = Optional.of("qwen3-4b");
  private Optional<String> path = Optional.of("/models/qwen3-4b.gguf");
  private Optional<Integer> context = Optional.empty();
  private Optional<Integer> layers = Optional.empty();
  private Optional<String> image = Optional.empty();
  private Optional<List<String>> command = Optional.empty();
  private Map<String, String> env = Map.of();
  private List<String> devices = List.of();
  private List<String> volumes = List.of();
  private Optional<String> memoryMax = Optional.empty();
  private Duration restartSec = SECOND;
  private String user = "";
  private boolean supervise;
  private Duration watchdog = ZERO;
  private Optional<SlotSpec.Worker> worker = Optional.empty();

  private Specs(Provider provider, SlotSpec.Runtime runtime) {
    this.provider = provider;
    this.runtime = runtime;
  }

  static Specs exec(Provider provider) {
    return new Specs(provider, SlotSpec.Runtime.EXEC);
  }

  static Specs container(Provider provider, SlotSpec.Runtime runtime, String image) {
    Specs specs = new Specs(provider, runtime);
    specs.image = Optional.of(image);
    return specs;
  }

  Specs model(String id, String file) {
    model = Optional.ofNullable(id);
    path = Optional.ofNullable(file);
    return this;
  }

  Specs sizes(int contextSize, int gpuLayers) {
    context = Optional.of(contextSize);
    layers = Optional.of(gpuLayers);
    return this;
  }

  Specs command(String... words) {
    command = Optional.of(List.of(words));
    return this;
  }

  Specs env(Map<String, String> variables) {
    env = variables;
    return this;
  }

  Specs devices(String... nodes) {
    devices = List.of(nodes);
    return this;
  }

  Specs volumes(String... mounts) {
    volumes = List.of(mounts);
    return this;
  }

  Specs memoryMax(String limit) {
    memoryMax = Optional.of(limit);
    return this;
  }

  Specs restartSec(Duration delay) {
    restartSec = delay;
    return this;
  }

  Specs user(String name) {
    user = name;
    return this;
  }

  Specs supervised(Duration limit) {
    supervise = true;
    watchdog = limit;
    return this;
  }

  Specs worker(String role, Map<String, Object> options) {
    worker = Optional.of(new SlotSpec.Worker(role, Optional.of("demo"), false, options));
    return this;
  }

  SlotSpec spec() {
    return new SlotSpec(
        "chat",
        provider,
        8101,
        Optional.of("cpu"),
        false,
        false,
        new SlotSpec.Model(model, path, Optional.empty(), Optional.empty(), context, layers),
        new SlotSpec.Run(
            runtime,
            image,
            command,
            env,
            devices,
            volumes,
            memoryMax,
            "on-failure",
            restartSec,
            supervise,
            worker.isPresent() ? Duration.ofMinutes(2) : watchdog,
            user),
        new SlotSpec.Needs(Optional.empty(), Optional.empty()),
        new SlotSpec.ProbeSettings(
            Duration.ofSeconds(180),
            SECOND,
            SECOND,
            3,
            SECOND,
            "/health",
            "/v1/models",
            false,
            false),
        new SlotSpec.Admission(0, 0, SECOND, false, SECOND, SECOND, SECOND, Optional.empty()),
        new SlotSpec.Idle(ZERO, ZERO),
        worker);
  }
}
