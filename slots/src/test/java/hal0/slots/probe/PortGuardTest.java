package hal0.slots.probe;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.listener.Owner;
import hal0.slots.listener.PortOwner;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.SystemClockwork;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A port that answers, and belongs to somebody else. */
class PortGuardTest {
  private static final Owner STRANGER =
      new Owner.Foreign(4711, "python3\u001b[1m", "web.service", "/system.slice/web.service");
  private static final String OK = RawServer.response("200 OK", "{\"status\":\"ok\"}");

  private final AtomicReference<Owner> owner = new AtomicReference<>(STRANGER);
  private final AtomicInteger asked = new AtomicInteger();
  private final PortOwner ports =
      (port, group) -> {
        asked.incrementAndGet();
        return owner.get();
      };
  private final SteppedClock clock = new SteppedClock();
  private final PortGuard guard = new PortGuard(ports, clock);
  private final HttpProbe probe = new HttpProbe(new SystemClockwork(), ports);

  @Test
  void aStrangerIsNamedAndGetsNoRequest() throws Exception {
    try (RawServer server = RawServer.answering(Map.of("/health", OK))) {
      ProbeResult result = probe(Specs.of(Provider.WHISPER, server.port()), true, "/x.service");
      assertThat(result.verdict()).isEqualTo(Verdict.FOREIGN_LISTENER);
      assertThat(result.detail())
          .isEqualTo(
              "port "
                  + server.port()
                  + " is held by python3\uFFFD[1m (pid 4711, web.service), not by this slot's"
                  + " unit");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void whoCameBetweenTheLookAndTheAnswerIsFoundToo() throws Exception {
    owner.set(new Owner.Nobody());
    try (RawServer server =
        new RawServer(
            (request, out, socket) -> {
              owner.set(STRANGER);
              out.write(RawServer.bytes(OK));
            })) {
      assertThat(probe(Specs.of(Provider.WHISPER, server.port()), true, "/x.service").verdict())
          .isEqualTo(Verdict.FOREIGN_LISTENER);
    }
  }

  @Test
  void whatIsNotKnownIsNoStranger() throws Exception {
    try (RawServer server = RawServer.answering(Map.of("/health", OK))) {
      SlotSpec spec = Specs.of(Provider.WHISPER, server.port());
      for (Owner known :
          new Owner[] {new Owner.Ours(), new Owner.Nobody(), new Owner.Unknown("no rights")}) {
        owner.set(known);
        assertThat(probe(spec, true, "/x.service").verdict())
            .as("%s", known)
            .isEqualTo(Verdict.SERVING);
      }
    }
  }

  @Test
  void nobodyIsAskedWhereItCannotBeKnownOrIsNotWanted() throws Exception {
    try (RawServer server = RawServer.answering(Map.of("/health", OK))) {
      SlotSpec spec = Specs.of(Provider.WHISPER, server.port());
      assertThat(probe(spec, true, "").verdict()).isEqualTo(Verdict.SERVING);
      assertThat(probe(docker(spec), true, "/x.service").verdict()).isEqualTo(Verdict.SERVING);
      assertThat(probe(anyListener(spec), true, "/x.service").verdict()).isEqualTo(Verdict.SERVING);
      assertThat(asked).hasValue(0);
    }
  }

  @Test
  void aGoodAnswerIsKeptForAMinuteOfALiveSlot() {
    owner.set(new Owner.Ours());
    SlotSpec spec = Specs.of(Provider.WHISPER, 8101);
    look(spec, false, "/x.service", 1);
    look(spec, false, "/x.service", 1);
    clock.advance(Duration.ofSeconds(59));
    look(spec, false, "/x.service", 1);
    clock.advance(Duration.ofSeconds(2));
    look(spec, false, "/x.service", 2);
    look(spec, false, "/another.service", 3);
    look(Specs.of(Provider.WHISPER, 8102), false, "/another.service", 4);
    look(spec, true, "/another.service", 5);
    look(spec, true, "/another.service", 6);
  }

  @Test
  void aStrangerIsLookedForEachTimeAndNothingKnownIsKeptForAWhile() {
    SlotSpec spec = Specs.of(Provider.WHISPER, 8101);
    look(spec, false, "/x.service", 1);
    look(spec, false, "/x.service", 2);
    owner.set(new Owner.Nobody());
    look(spec, false, "/x.service", 3);
    look(spec, false, "/x.service", 4);
    owner.set(new Owner.Unknown("no rights"));
    look(spec, true, "/x.service", 5);
    look(spec, true, "/x.service", 5);
    clock.advance(Duration.ofSeconds(3));
    look(spec, true, "/x.service", 6);
  }

  private void look(SlotSpec spec, boolean loading, String controlGroup, int questions) {
    assertThat(guard.owner(new Probe.Request(spec, loading, "", controlGroup, false)))
        .isEqualTo(owner.get());
    assertThat(asked).hasValue(questions);
  }

  private ProbeResult probe(SlotSpec spec, boolean loading, String controlGroup) throws Exception {
    return probe
        .probe(new Probe.Request(spec, loading, "", controlGroup, false))
        .get(120, TimeUnit.SECONDS);
  }

  private static SlotSpec anyListener(SlotSpec spec) {
    var p = spec.probe();
    var any =
        new SlotSpec.ProbeSettings(
            p.grace(),
            p.interval(),
            p.timeout(),
            p.failures(),
            p.stabilise(),
            p.healthPath(),
            p.modelsPath(),
            false,
            true);
    return Specs.of(spec.provider(), spec.port(), any, Optional.empty(), Optional.empty());
  }

  private static SlotSpec docker(SlotSpec spec) {
    var r = spec.run();
    var run =
        new SlotSpec.Run(
            SlotSpec.Runtime.DOCKER,
            r.image(),
            r.command(),
            r.env(),
            r.devices(),
            r.volumes(),
            r.memoryMax(),
            r.restart(),
            r.restartSec(),
            r.supervise(),
            r.watchdog(),
            r.user());
    return new SlotSpec(
        spec.name(),
        spec.provider(),
        spec.port(),
        spec.backend(),
        spec.enabled(),
        spec.pinned(),
        spec.model(),
        run,
        spec.needs(),
        spec.probe(),
        spec.admission(),
        spec.idle(),
        spec.worker());
  }
}
