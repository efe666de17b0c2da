package hal0.slots.listener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a port's owner through {@code /proc/net/tcp}, {@code cgroup.procs} and {@code
 * /proc/PID/fd}. Says {@link Owner.Foreign} only of a process that it has found with the listening
 * socket in its hands and whose cgroup lies outside the unit's; whatever can't be read makes {@link
 * Owner.Unknown}.
 */
public final class ProcPortOwner implements PortOwner {
  /** No process is in it: a cgroup's path never has an empty part. */
  private static final String NO_GROUP = "//";

  private final Path proc;
  private final Processes processes;

  /** Reads this machine: cgroup v2, hybrid or v1. */
  public ProcPortOwner() {
    this(
        Path.of("/proc"),
        List.of(
            Path.of("/sys/fs/cgroup"),
            Path.of("/sys/fs/cgroup/unified"),
            Path.of("/sys/fs/cgroup/systemd")));
  }

  /**
   * Reads other directories of the same form.
   *
   * @param proc in place of /proc
   * @param cgroups hierarchies, the likeliest first
   */
  public ProcPortOwner(Path proc, List<Path> cgroups) {
    this.proc = proc;
    this.processes = new Processes(proc, cgroups);
  }

  @Override
  public Owner ownerOf(int port, String controlGroup) {
    try {
      Set<Long> inodes = ListenTable.inodes(proc, port);
      return inodes.isEmpty() ? new Owner.Nobody() : look(port, controlGroup, inodes);
    } catch (IOException | UncheckedIOException e) {
      return new Owner.Unknown("can't be read: " + e.getMessage());
    }
  }

  /**
   * Who listens on a port, whoever it is: {@link Owner.Foreign} then only says that it was found.
   * Never throws for what it can't read.
   */
  public Owner holder(int port) {
    try {
      Set<Long> inodes = ListenTable.inodes(proc, port);
      if (inodes.isEmpty()) {
        return new Owner.Nobody();
      }
      Optional<Owner.Foreign> found = find(NO_GROUP, inodes);
      return found.isPresent()
          ? found.get()
          : new Owner.Unknown("no readable process holds the port");
    } catch (IOException | UncheckedIOException e) {
      return new Owner.Unknown("can't be read: " + e.getMessage());
    }
  }

  private Owner look(int port, String controlGroup, Set<Long> inodes) throws IOException {
    Set<Long> unit = processes.inGroup(controlGroup);
    if (!isSeenAsSystemdDoes(unit, controlGroup)) {
      return new Owner.Unknown("the unit's cgroup can't be seen from here");
    }
    Set<Long> others = new HashSet<>(inodes);
    for (long pid : unit) {
      others.removeAll(processes.sockets(pid, others));
    }
    if (others.isEmpty()) {
      return new Owner.Ours();
    }
    Optional<Owner.Foreign> foreign = find(controlGroup, others);
    if (foreign.isEmpty()) {
      return new Owner.Unknown("no readable process holds the port");
    }
    // Looked up again: what was found may have ended in between.
    Set<Long> still = new HashSet<>(ListenTable.inodes(proc, port));
    still.retainAll(processes.sockets(foreign.get().pid(), others));
    return still.isEmpty() ? new Owner.Unknown("the port changes hands") : foreign.get();
  }

  /**
   * Whether paths of cgroups mean the same here as to systemd: in another namespace they need not.
   */
  private boolean isSeenAsSystemdDoes(Set<Long> unit, String controlGroup) throws IOException {
    for (long pid : unit) {
      if (isWithin(pid, controlGroup)) {
        return true;
      }
    }
    return false;
  }

  private boolean isWithin(long pid, String controlGroup) throws IOException {
    return processes.groups(pid).stream()
        .anyMatch(group -> Processes.isWithin(group, controlGroup));
  }

  private Optional<Owner.Foreign> find(String controlGroup, Set<Long> inodes) throws IOException {
    for (long pid : processes.all()) {
      if (holdsReadably(pid, inodes)) {
        List<String> groups = processes.groups(pid);
        if (!groups.isEmpty()
            && groups.stream().noneMatch(group -> Processes.isWithin(group, controlGroup))) {
          String cgroup =
              groups.stream().max(java.util.Comparator.comparingInt(String::length)).orElse("");
          return Optional.of(
              new Owner.Foreign(pid, processes.program(pid), unitOf(cgroup), cgroup));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Other people's processes may not be read: they are passed over here, which makes the owner
   * unknown at worst.
   */
  private boolean holdsReadably(long pid, Set<Long> inodes) {
    try {
      return !processes.sockets(pid, inodes).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** The innermost unit that a cgroup's path names. */
  private static String unitOf(String cgroup) {
    String unit = "";
    for (String part : List.of(cgroup.split("/", -1))) {
      if (part.endsWith(".service") || part.endsWith(".scope")) {
        unit = part;
      }
    }
    return unit;
  }
}
