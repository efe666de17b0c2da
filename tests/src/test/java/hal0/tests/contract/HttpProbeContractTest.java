package hal0.tests.contract;

import hal0.slots.listener.PortOwner;
import hal0.slots.probe.HttpProbe;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.SystemClockwork;
import hal0.tests.bed.Await;
import hal0.tests.bed.Ports;
import hal0.tests.bed.Upstream;
import hal0.tests.sim.Slots;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On stand-ins as processes of their own. */
class HttpProbeContractTest extends ProbeContract {
  private static Upstream one;
  private static Upstream hung;

  private final Probe probe = new HttpProbe(new SystemClockwork(), PortOwner.UNASKED);

  @BeforeAll
  static void startUpstreams() {
    one = Upstream.start().awaitListening();
    hung = Upstream.start("--do", "hang").awaitListening();
    Await.until("it is loaded", Await.LONG, () -> one.get("/health").status() == 200);
  }

  @AfterAll
  static void endUpstreams() {
    one.close();
    hung.close();
  }

  @Override
  protected Probe probe() {
    return probe;
  }

  @Override
  protected SlotSpec upstream(Condition condition) {
    one.tell(
        switch (condition) {
          case LOADING -> "loading";
          case EMPTY -> "ok\nmodel";
          case SICK -> "error 500";
          case RUBBISH -> "rubbish";
          case ABSENT, SERVING, HUNG -> "ok\nmodel tiny";
        });
    int port =
        switch (condition) {
          case ABSENT -> Ports.free();
          case HUNG -> hung.port();
          default -> one.port();
        };
    // What is to answer has all the time that a busy machine may need.
    Duration timeout = condition == Condition.HUNG ? Duration.ofSeconds(2) : Await.LONG;
    return withTimeout(Slots.of("slot-" + port, Provider.LLAMA_SERVER, port, "tiny"), timeout);
  }

  private static SlotSpec withTimeout(SlotSpec spec, Duration timeout) {
    var probe = spec.probe();
    var settings =
        new SlotSpec.ProbeSettings(
            probe.grace(),
            probe.interval(),
            timeout,
            probe.failures(),
            probe.stabilise(),
            probe.healthPath(),
            probe.modelsPath(),
            probe.chat(),
            probe.anyListener());
    return new SlotSpec(
        spec.name(),
        spec.provider(),
        spec.port(),
        spec.backend(),
        spec.enabled(),
        spec.pinned(),
        spec.model(),
        spec.run(),
        spec.needs(),
        settings,
        spec.admission(),
        spec.idle(),
        spec.worker());
  }

  @Override
  protected ProbeResult await(CompletableFuture<ProbeResult> asked) throws Exception {
    return asked.get(2 * Await.LONG.toSeconds(), TimeUnit.SECONDS);
  }
}
