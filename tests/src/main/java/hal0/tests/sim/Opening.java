package hal0.tests.sim;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** How a world is when its first daemon begins: slots of some kinds, and what was left behind. */
final class Opening {
  private static final int SLOTS = 3;

  private final SlotWorld world;
  private final Random random;

  Opening(SlotWorld world, Random random) {
    this.world = world;
    this.random = random;
  }

  void prepare() {
    world.usual(() -> Program.drawn(random));
    List<SlotSpec> shapes = new ArrayList<>(shapes());
    Collections.shuffle(shapes, random);
    for (SlotSpec spec : shapes.subList(0, SLOTS)) {
      world.write(SlotFile.usable(spec));
      if (random.nextInt(3) == 0) {
        leaveBehind(spec);
      }
    }
    world.systemd().reload();
    world.clock().advance(Duration.ofMillis(random.nextInt(8000)));
  }

  private static List<SlotSpec> shapes() {
    SlotSpec chat = Slots.withSource(Slots.of("chat", Provider.LLAMA_SERVER, 8101, "qwen"));
    SlotSpec coder = Slots.withSource(Slots.of("coder", Provider.VLLM, 8102, "coder-7b"));
    SlotSpec draw = Slots.of("draw", Provider.OPENAI, 8103, "");
    SlotSpec tts = Slots.of("tts", Provider.KOKORO, 8104, "");
    SlotSpec voice = Slots.of("voice", Provider.WHISPER, 8105, "base");
    return List.of(
        Slots.quiet(
            Slots.probed(chat, Duration.ofSeconds(20), Duration.ofSeconds(5), 3),
            Duration.ofSeconds(5),
            Duration.ZERO),
        Slots.withRestart(coder, "always", Duration.ofMillis(100)),
        Slots.withRestart(
            Slots.probed(draw, Duration.ofSeconds(15), Duration.ofSeconds(3), 1),
            "no",
            Duration.ofSeconds(1)),
        Slots.quiet(
            Slots.probed(tts, Duration.ofSeconds(10), Duration.ofSeconds(4), 2),
            Duration.ofSeconds(8),
            Duration.ofSeconds(12)),
        Slots.withRestart(
            Slots.probed(voice, Duration.ofSeconds(12), Duration.ofSeconds(10), 2),
            "always",
            Duration.ofSeconds(2)));
  }

  /** What a former daemon left: a unit that may run, a record in any state. */
  private void leaveBehind(SlotSpec spec) {
    world.unitFiles().files().put(spec.name(), new Definition(spec, spec.model().id()));
    world.systemd().reload();
    if (random.nextBoolean()) {
      world.systemd().person("start", UnitName.ofSlot(spec.name()));
    }
    SlotState state = SlotState.values()[random.nextInt(SlotState.values().length)];
    SlotRecord record =
        new SlotRecord(
            spec.name(),
            state,
            spec.model().id().orElse(""),
            spec.port(),
            world.clock().now(),
            "left behind",
            Reason.REQUESTED,
            Map.of());
    world.store().put(record);
  }
}
