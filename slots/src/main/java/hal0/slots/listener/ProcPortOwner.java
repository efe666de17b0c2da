package hal0.slots.listener;

import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Finds a port's owner through {@code /proc/net/tcp}, {@code cgroup.procs} and {@code
 * /proc/PID/fd}. Says {@link Owner.Foreign} only of a process that it has found with the listening
 * socket in its hands and whose cgroup lies outside the unit's; whatever can't be read makes {@link
 * Owner.Unknown}.
 */
public final class ProcPortOwner implements PortOwner {
  /** No process is in it: a cgroup's path never has an empty part. */
  private static final String NO_GROUP = "//";

  private static final List<Path> HIERARCHIES =
      List.of(
          Path.of("/sys/fs/cgroup"),
          Path.of("/sys/fs/cgroup/unified"),
          Path.of("/sys/fs/cgroup/systemd"));

  /** So old may a table be that leads to a socket of the unit's own. */
  private static final long KEPT = Duration.ofSeconds(30).toNanos();

  private static final int CONNECT_MILLIS = 250;

  private final Path proc;
  private final Processes processes;
  private final LongSupplier nanos;
  private final IntPredicate refuses;
  private volatile Seen seen = new Seen(Optional.empty(), 0);

  /** The table that was read last. */
  private record Seen(Optional<ListenTable> table, long at) {}

  /** Reads this machine each time it is asked: cgroup v2, hybrid or v1. */
  public ProcPortOwner() {
    this(Path.of("/proc"), HIERARCHIES);
  }

  /**
   * Reads this machine as seldom as that does no harm: a connection that is refused shows that
   * nobody listens, and a socket of the table that was read before is the unit's as long as a
   * process of the unit has it open, since the kernel gives no socket another port.
   *
   * @param clock for the age of the table
   */
  public ProcPortOwner(Clockwork clock) {
    this(Path.of("/proc"), HIERARCHIES, clock::nanos, ProcPortOwner::isRefused);
  }

  /**
   * Reads other directories of the same form, each time.
   *
   * @param proc in place of /proc
   * @param cgroups hierarchies, the likeliest first
   */
  public ProcPortOwner(Path proc, List<Path> cgroups) {
    this(proc, cgroups, () -> 0, port -> false);
  }

  ProcPortOwner(Path proc, List<Path> cgroups, LongSupplier nanos, IntPredicate refuses) {
    this.proc = proc;
    this.processes = new Processes(proc, cgroups);
    this.nanos = nanos;
    this.refuses = refuses;
  }

  @Override
  public Owner ownerOf(int port, String controlGroup) {
    try {
      if (isKnownAsOurs(port, controlGroup)) {
        return new Owner.Ours();
      }
      if (refuses.test(port)) {
        return new Owner.Nobody();
      }
      ListenTable table = ListenTable.read(proc);
      seen = new Seen(Optional.of(table), nanos.getAsLong());
      Set<Long> inodes = table.inodes(port);
      return inodes.isEmpty() ? new Owner.Nobody() : look(port, controlGroup, inodes);
    } catch (IOException | UncheckedIOException e) {
      return new Owner.Unknown("can't be read: " + e.getMessage());
    }
  }

  private boolean isKnownAsOurs(int port, String controlGroup) throws IOException {
    Seen last = seen;
    if (last.table().isEmpty() || nanos.getAsLong() - last.at() >= KEPT) {
      return false;
    }
    Set<Long> inodes = last.table().get().inodes(port);
    return !inodes.isEmpty() && isHeldBy(processes.inGroup(controlGroup), controlGroup, inodes);
  }

  /** Nothing is sent; the socket is closed at once. */
  private static boolean isRefused(int port) {
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(loopback, port), CONNECT_MILLIS);
      // Connected with itself: nobody listens there.
      return socket.getLocalPort() == port;
    } catch (ConnectException refused) {
      return true;
    } catch (IOException unclear) {
      return false;
    }
  }

  /**
   * Who listens on a port, whoever it is: {@link Owner.Foreign} then only says that it was found.
   * Never throws for what it can't read.
   */
  public Owner holder(int port) {
    try {
      Set<Long> inodes = ListenTable.read(proc).inodes(port);
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
    Set<Long> others = notHeldBy(unit, inodes);
    if (others.isEmpty()) {
      return new Owner.Ours();
    }
    Optional<Owner.Foreign> foreign = find(controlGroup, others);
    if (foreign.isEmpty()) {
      return new Owner.Unknown("no readable process holds the port");
    }
    // Looked up again: what was found may have ended in between.
    Set<Long> still = new HashSet<>(ListenTable.read(proc).inodes(port));
    still.retainAll(processes.sockets(foreign.get().pid(), others));
    return still.isEmpty() ? new Owner.Unknown("the port changes hands") : foreign.get();
  }

  private boolean isHeldBy(Set<Long> unit, String controlGroup, Set<Long> inodes)
      throws IOException {
    return isSeenAsSystemdDoes(unit, controlGroup) && notHeldBy(unit, inodes).isEmpty();
  }

  private Set<Long> notHeldBy(Set<Long> pids, Set<Long> inodes) throws IOException {
    Set<Long> others = new HashSet<>(inodes);
    for (long pid : pids) {
      others.removeAll(processes.sockets(pid, others));
    }
    return others;
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
