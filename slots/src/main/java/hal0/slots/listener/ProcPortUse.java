package hal0.slots.listener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the kernel's tables of TCP sockets: of every connection to a port, the client's end is
 * either among this process's own descriptors or somebody else's.
 */
public final class ProcPortUse implements PortUse {
  private static final System.Logger LOG = System.getLogger(ProcPortUse.class.getName());

  private final Path proc;

  /** Reads this machine. */
  public ProcPortUse() {
    this(Path.of("/proc"));
  }

  /**
   * Reads another directory of the same form.
   *
   * @param proc in place of /proc
   */
  public ProcPortUse(Path proc) {
    this.proc = proc;
  }

  @Override
  public boolean isUsedByOthers(int port) {
    try {
      List<Connection> connections = Connection.of(proc, port);
      if (connections.isEmpty()) {
        return false;
      }
      Set<Long> own = ownSockets();
      Set<Integer> ownPorts = new HashSet<>();
      List<Connection> served = new ArrayList<>();
      for (Connection one : connections) {
        if (one.localPort() == port) {
          served.add(one);
        } else if (own.contains(one.inode())) {
          ownPorts.add(one.localPort());
        }
      }
      return served.stream().anyMatch(one -> !ownPorts.contains(one.remotePort()));
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      LOG.log(System.Logger.Level.DEBUG, "who uses port " + port, e);
      return false;
    }
  }

  private Set<Long> ownSockets() throws IOException {
    Set<Long> inodes = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(proc.resolve("self/fd"))) {
      for (Path one : (Iterable<Path>) descriptors::iterator) {
        String target;
        try {
          target = Files.readSymbolicLink(one).toString();
        } catch (IOException e) {
          // Closed since it was listed.
          continue;
        }
        if (target.startsWith("socket:[")) {
          inodes.add(Long.parseLong(target.substring("socket:[".length(), target.length() - 1)));
        }
      }
    }
    return inodes;
  }
}
