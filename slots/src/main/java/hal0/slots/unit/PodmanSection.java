package hal0.slots.unit;

import static hal0.slots.unit.DropIn.Section.seconds;
import static hal0.slots.unit.DropIn.Section.set;

import hal0.slots.spec.SlotSpec;
import hal0.systemd.Scope;
import hal0.systemd.UnitFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A container of podman's. The main process is conmon, which tells systemd that the container has
 * started. In the system scope podman runs as root: a rootless podman in a unit of the system's is
 * not supported by podman.
 */
final class PodmanSection {
  /**
   * Beyond a load's grace, so that the load says what went wrong; but not for ever, so that a boot
   * ends.
   */
  private static final Duration BEYOND_GRACE = Duration.ofSeconds(60);

  private PodmanSection() {}

  static void append(StringBuilder text, Launch launch, Host host) {
    SlotSpec spec = launch.spec();
    String podman = UnitFile.command(List.of(host.program().apply("podman")));
    String name = ContainerOptions.name(spec);
    String cid = "%t/" + name + ".cid";
    boolean divides = host.scope() == Scope.SYSTEM || host.unified();
    set(text, "Type", "notify");
    set(text, "NotifyAccess", "all");
    if (divides) {
      set(text, "Delegate", "yes");
    }
    set(text, "Environment", "PODMAN_SYSTEMD_UNIT=%n");
    // A second start would refuse to write over it.
    set(text, "ExecStartPre", "-/bin/rm -f " + cid);
    set(text, "ExecStart", "");
    set(
        text,
        "ExecStart",
        ContainerOptions.lines(
            podman + " run", options(launch, host, cid, divides), ContainerOptions.image(launch)));
    set(text, "ExecStop", "-" + podman + " stop --ignore --time=20 --cidfile=" + cid);
    set(text, "ExecStopPost", "-" + podman + " rm --force --ignore " + name);
    set(text, "ExecStopPost", "-/bin/rm -f " + cid);
    set(text, "TimeoutStartSec", seconds(spec.probe().grace().plus(BEYOND_GRACE)));
    spec.run().memoryMax().ifPresent(limit -> set(text, "MemoryMax", UnitFile.value(limit)));
  }

  private static List<String> options(Launch launch, Host host, String cid, boolean divides) {
    List<String> words = new ArrayList<>();
    words.add("--detach");
    words.add("--replace");
    words.add(ContainerOptions.pull(launch));
    words.add("--sdnotify=conmon");
    words.add("--cidfile=" + cid);
    if (divides) {
      // Inside the unit's cgroup: its limits hold, and it is empty when the container is gone.
      words.add("--cgroups=split");
    }
    if (host.scope() == Scope.SYSTEM) {
      // Root in it keeps no right over files of others, networks or devices: servers need none.
      words.add("--cap-drop=all");
    }
    words.add("--log-driver=" + (host.journal() ? "journald" : "passthrough"));
    if (!host.root() && !launch.spec().run().devices().isEmpty()) {
      // The user's own groups, such as render, are what opens the devices.
      words.add("--group-add=keep-groups");
    }
    words.addAll(ContainerOptions.common(launch, host));
    return words;
  }
}
