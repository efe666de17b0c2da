package hal0.slots.unit;

import static hal0.slots.unit.DropIn.Section.set;

import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A container of docker's, with docker's client in the foreground as the main process. The
 * container itself runs below dockerd, outside the unit's cgroup: limits go to docker, and a client
 * that was killed leaves its container behind.
 */
final class DockerSection {
  private static final Pattern BYTES = Pattern.compile("[0-9]+[KMGTP]?");

  private DockerSection() {}

  static void append(StringBuilder text, Launch launch, Host host) {
    SlotSpec spec = launch.spec();
    String docker = UnitFile.command(List.of(host.program().apply("docker")));
    String name = ContainerOptions.name(spec);
    set(text, "Type", "exec");
    // One that a crash left behind has the name.
    set(text, "ExecStartPre", "-" + docker + " rm --force " + name);
    set(text, "ExecStart", "");
    set(
        text,
        "ExecStart",
        ContainerOptions.lines(
            docker + " run", options(launch, host), ContainerOptions.image(launch)));
    set(text, "ExecStop", "-" + docker + " stop -t 20 " + name);
    set(text, "ExecStopPost", "-" + docker + " rm --force " + name);
  }

  private static List<String> options(Launch launch, Host host) {
    List<String> words = new ArrayList<>(ContainerOptions.common(launch, host));
    words.add(ContainerOptions.pull(launch));
    // What it prints reaches the journal through the client: a second copy would grow without end.
    words.add("--log-driver=none");
    launch
        .spec()
        .run()
        .memoryMax()
        .filter(limit -> BYTES.matcher(limit).matches())
        .ifPresent(limit -> words.add("--memory=" + limit));
    return words;
  }
}
