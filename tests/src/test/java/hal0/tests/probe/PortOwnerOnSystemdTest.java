package hal0.tests.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hal0.slots.listener.Owner;
import hal0.slots.listener.ProcPortOwner;
import hal0.slots.probe.HttpProbe;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.spec.Provider;
import hal0.slots.time.SystemClockwork;
import hal0.tests.bed.Await;
import hal0.tests.bed.Ports;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import hal0.tests.bed.Upstream;
import hal0.tests.bed.standin.StandIn;
import hal0.tests.sim.Slots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whose a port is, with real units. */
@RealSystemd
class PortOwnerOnSystemdTest {
  private static final String UNIT = "hal0-slot@owner.service";

  @Test
  void aUnitsOwnServerIsToldFromAStranger() throws Exception {
    int port = Ports.free();
    try (PrivateSystemd systemd = PrivateSystemd.start();
        Upstream stranger = Upstream.start("--model", "tiny").awaitListening()) {
      systemd.writeUnit(
          UNIT,
          "[Service]\nExecStart="
              + String.join(" ", StandIn.command())
              + " --model tiny --port "
              + port
              + "\n");
      systemd.systemctl("start", UNIT).orThrow();
      Upstream.on(port).awaitListening();
      String group = systemd.property(UNIT, "ControlGroup");
      assumeTrue(isSeen(group), "this machine's cgroups can't be seen from here: " + group);

      for (ProcPortOwner owner :
          List.of(new ProcPortOwner(), new ProcPortOwner(new SystemClockwork()))) {
        for (int look = 0; look < 2; look++) {
          assertThat(owner.ownerOf(port, group)).isEqualTo(new Owner.Ours());
          assertThat(owner.ownerOf(Ports.free(), group)).isEqualTo(new Owner.Nobody());
          assertThat(owner.ownerOf(stranger.port(), group)).isInstanceOf(Owner.Foreign.class);
        }
      }

      ProbeResult ours = ask(port, group, Verdict.SERVING);
      assertThat(ours.models()).containsExactly("tiny");
      assertThat(ask(stranger.port(), group, Verdict.FOREIGN_LISTENER).detail())
          .contains(
              "port " + stranger.port() + " is held by java (pid " + stranger.process().pid());
    }
  }

  private static ProbeResult ask(int port, String group, Verdict wanted) {
    HttpProbe probe =
        new HttpProbe(new SystemClockwork(), new ProcPortOwner(new SystemClockwork()));
    Probe.Request request =
        new Probe.Request(
            Slots.of("owner", Provider.LLAMA_SERVER, port, "tiny"), true, "tiny", group, true);
    return Await.value(
        "the probe says " + wanted,
        Await.LONG,
        () -> probe.probe(request).orTimeout(Await.LONG.toSeconds(), TimeUnit.SECONDS).join(),
        result -> result.verdict() == wanted);
  }

  private static boolean isSeen(String group) {
    return Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd")
        .anyMatch(root -> Files.isReadable(Path.of(root + group, "cgroup.procs")));
  }
}
