package hal0.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import hal0.tests.sim.FakePorts;
import hal0.tests.sim.FakeProbe;
import hal0.tests.sim.FakeProcess.Mood;
import hal0.tests.sim.FakeSystemd;
import hal0.tests.sim.Life;
import hal0.tests.sim.MemoryUnitFiles;
import hal0.tests.sim.Program;
import hal0.tests.sim.SimClockwork;
import hal0.tests.sim.Slots;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** On the simulated world's processes. */
class FakeProbeContractTest extends ProbeContract {
  private final SimClockwork clock = new SimClockwork(1);
  private final MemoryUnitFiles files = new MemoryUnitFiles();
  private final Life life = new Life(clock, 1);
  private Program program = Program.wellBehaved();
  private final FakeSystemd systemd =
      new FakeSystemd(clock, 1, files::files, (slot, definition) -> program);
  private final Probe probe = new FakeProbe(clock, systemd, new FakePorts(), life, 1);
  private int slots;

  @Override
  protected Probe probe() {
    return probe;
  }

  @Override
  protected SlotSpec upstream(Condition condition) throws Exception {
    String name = "slot-" + slots;
    SlotSpec spec = Slots.of(name, Provider.LLAMA_SERVER, 8100 + slots++, "tiny");
    files.open(life).write(spec, Optional.of("tiny"));
    systemd.reload();
    program =
        switch (condition) {
          case LOADING -> Program.wellBehaved().with(Program.Loading.NEVER_ENDS);
          case EMPTY -> Program.wellBehaved().with(Program.Loading.STAYS_EMPTY);
          default -> Program.wellBehaved();
        };
    if (condition != Condition.ABSENT) {
      UnitName unit = UnitName.ofSlot(name);
      systemd.person("start", unit);
      clock.advance(Duration.ofSeconds(10));
      systemd
          .process(unit)
          .orElseThrow()
          .feels(
              switch (condition) {
                case SICK -> Mood.SICK;
                case RUBBISH -> Mood.GARBLED;
                case HUNG -> Mood.HUNG;
                default -> Mood.WELL;
              });
    }
    return spec;
  }

  @Override
  protected ProbeResult await(CompletableFuture<ProbeResult> asked) {
    assertThat(clock.runUntil(asked::isDone, Duration.ofMinutes(1))).isTrue();
    return asked.join();
  }
}
