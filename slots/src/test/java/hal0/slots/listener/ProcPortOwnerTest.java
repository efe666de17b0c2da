package hal0.slots.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a port is, read from directories in the form of procfs and cgroupfs. */
class ProcPortOwnerTest {
  private static final String GROUP = "/user.slice/hal0-slot@x.service";
  private static final String LOOPBACK = "0100007F";
  private static final String ANY = "00000000";
  private static final String ANY6 = "0".repeat(32);

  @TempDir Path root;
  private final List<String> tcp = new ArrayList<>();
  private final List<String> tcp6 = new ArrayList<>();
  private Path proc;
  private Path cgroups;

  @BeforeEach
  void makeDirectories() throws IOException {
    assumeTrue(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
        "the tables here are of a little-endian machine");
    proc = Files.createDirectories(root.resolve("proc"));
    cgroups = Files.createDirectories(root.resolve("cgroup"));
    Files.createDirectories(proc.resolve("net"));
  }

  @Test
  void theUnitsOwnProcessHoldsThePort() throws IOException {
    process(10, "llama-server", GROUP, 77);
    group(GROUP, 10);
    listen(tcp, LOOPBACK, 8101, 77);
    assertThat(owner()).isEqualTo(new Owner.Ours());
  }

  @Test
  void aProcessBelowTheUnitHoldsThePort() throws IOException {
    process(10, "conmon", GROUP + "/supervisor", 1);
    process(11, "llama-server", GROUP + "/container", 77);
    group(GROUP);
    group(GROUP + "/supervisor", 10);
    group(GROUP + "/container", 0, 11);
    listen(tcp6, ANY6, 8101, 77);
    assertThat(owner()).isEqualTo(new Owner.Ours());
  }

  @Test
  void aStrangerIsNamed() throws IOException {
    process(10, "llama-server", GROUP);
    process(20, "python3", "/system.slice/web@1.service/deep", 5, 77);
    group(GROUP, 10);
    listen(tcp, ANY, 8101, 77);
    assertThat(owner())
        .isEqualTo(
            new Owner.Foreign(20, "python3", "web@1.service", "/system.slice/web@1.service/deep"));
  }

  @Test
  void aStrangerBesideOneOfOursIsNamedToo() throws IOException {
    process(10, "vllm", GROUP, 77);
    process(20, "vllm", "/user.slice/session-3.scope", 78);
    group(GROUP, 10);
    listen(tcp, LOOPBACK, 8101, 77);
    listen(tcp, LOOPBACK, 8101, 78);
    assertThat(owner()).isInstanceOf(Owner.Foreign.class).extracting("pid").isEqualTo(20L);
  }

  @Test
  void onlyWhoGetsConnectionsToLoopbackMatters() throws IOException {
    process(10, "llama-server", GROUP, 77);
    process(20, "python3", "/a.service", 78, 79, 80);
    group(GROUP, 10);
    listen(tcp, LOOPBACK, 8101, 77);
    listen(tcp, ANY, 8101, 78);
    listen(tcp6, ANY6, 8101, 79);
    listen(tcp, "0200007F", 8101, 80);
    listen(tcp, LOOPBACK, 8102, 80);
    assertThat(owner()).isEqualTo(new Owner.Ours());
  }

  @Test
  void aSocketThatIsOursAndAnothersIsOurs() throws IOException {
    process(1, "systemd", "/init.scope", 77);
    process(10, "llama-server", GROUP, 77);
    group(GROUP, 10);
    listen(tcp, LOOPBACK, 8101, 77);
    assertThat(owner()).isEqualTo(new Owner.Ours());
  }

  @Test
  void connectionsAreNotListeners() throws IOException {
    process(20, "python3", "/a.service", 78);
    tcp.add(row("01", LOOPBACK, 8101, 78));
    tcp.add("   1: 0100007F:9999 0100007F:1FA5 0A 0:0 0:0 0 0 0 78 1");
    group(GROUP, 10);
    process(10, "llama-server", GROUP);
    assertThat(owner()).isEqualTo(new Owner.Nobody());
  }

  @Test
  void whatCannotBeSeenIsNoEvidence() throws IOException {
    listen(tcp, LOOPBACK, 8101, 77);
    process(20, "python3", "/a.service", 77);
    assertThat(owner()).as("no such group").isInstanceOf(Owner.Unknown.class);
    group(GROUP);
    assertThat(owner()).as("an empty group").isInstanceOf(Owner.Unknown.class);
    group(GROUP, 10);
    process(10, "llama-server", "/elsewhere" + GROUP);
    assertThat(owner()).as("another cgroup namespace").isInstanceOf(Owner.Unknown.class);
    process(10, "llama-server", GROUP);
    assertThat(owner()).isInstanceOf(Owner.Foreign.class);
    Files.writeString(proc.resolve("20/cgroup"), "");
    assertThat(owner()).as("it has gone").isInstanceOf(Owner.Unknown.class);
    Files.delete(proc.resolve("20/fd/0"));
    assertThat(owner()).as("nobody known holds it").isInstanceOf(Owner.Unknown.class);
  }

  @Test
  void aUnitWhoseProcessesMayNotBeReadIsNoEvidence() throws IOException {
    listen(tcp, LOOPBACK, 8101, 77);
    process(20, "systemd", "/init.scope", 77);
    process(10, "llama-server", GROUP);
    group(GROUP, 10);
    assertThat(owner()).isInstanceOf(Owner.Foreign.class);
    // In place of a directory that may not be read, which root could read nevertheless.
    Files.delete(proc.resolve("10/fd"));
    Files.writeString(proc.resolve("10/fd"), "");
    assertThat(owner()).isInstanceOf(Owner.Unknown.class);
  }

  @Test
  void aTableThatCannotBeReadIsNoEvidence() throws IOException {
    assertThat(new ProcPortOwner(root.resolve("none"), List.of(cgroups)).ownerOf(8101, GROUP))
        .isInstanceOf(Owner.Unknown.class);
    tcp.add("   0: 0100007F:1FA5 00000000:0000 0A 0:0 0:0 0 0 0 many 1");
    assertThat(owner()).isInstanceOf(Owner.Unknown.class);
    tcp.clear();
    assertThat(new ProcPortOwner(proc, List.of(cgroups)).ownerOf(8101, "/../../etc"))
        .isNotInstanceOf(Owner.Ours.class);
  }

  @Test
  void thisMachinesTablesAreReadTheSameWay() throws IOException {
    Path real = Path.of("/proc");
    try (ServerSocket four =
            new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        ServerSocket six = new ServerSocket(0)) {
      Processes processes = new Processes(real, List.of());
      for (ServerSocket server : List.of(four, six)) {
        Set<Long> inodes = ListenTable.read(real).inodes(server.getLocalPort());
        assertThat(inodes).isNotEmpty();
        assertThat(processes.sockets(ProcessHandle.current().pid(), inodes)).isEqualTo(inodes);
      }
      assertThat(processes.all()).contains(ProcessHandle.current().pid());
      assertThat(processes.program(ProcessHandle.current().pid())).isNotBlank();
      assertThat(processes.groups(ProcessHandle.current().pid()))
          .allMatch(group -> group.startsWith("/"));
    }
  }

  @Test
  void theTableIsKeptOnlyForSocketsOfTheUnitsOwn() throws IOException {
    AtomicLong now = new AtomicLong();
    AtomicInteger knocks = new AtomicInteger();
    ProcPortOwner owner =
        new ProcPortOwner(
            proc,
            List.of(cgroups),
            now::get,
            port -> {
              knocks.incrementAndGet();
              return port == 8102;
            });
    process(10, "llama-server", GROUP, 77);
    process(20, "python3", "/a.service", 78);
    group(GROUP, 10);
    listen(tcp, LOOPBACK, 8101, 77);
    writeTables();
    assertThat(owner.ownerOf(8101, GROUP)).isEqualTo(new Owner.Ours());
    assertThat(owner.ownerOf(8102, GROUP)).as("refused").isEqualTo(new Owner.Nobody());
    assertThat(knocks).hasValue(2);

    // A stranger joins it on the same port: seen when the table is too old.
    listen(tcp, LOOPBACK, 8101, 78);
    writeTables();
    assertThat(owner.ownerOf(8101, GROUP)).isEqualTo(new Owner.Ours());
    assertThat(knocks).as("known by its socket").hasValue(2);
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThat(owner.ownerOf(8101, GROUP)).isInstanceOf(Owner.Foreign.class);

    // The unit's process lets go of its socket: seen at once, however young the table is.
    tcp.removeLast();
    writeTables();
    assertThat(owner.ownerOf(8101, GROUP)).isEqualTo(new Owner.Ours());
    Files.delete(proc.resolve("10/fd/0"));
    tcp.clear();
    listen(tcp, LOOPBACK, 8101, 78);
    writeTables();
    assertThat(owner.ownerOf(8101, GROUP)).isInstanceOf(Owner.Foreign.class);
  }

  private void writeTables() throws IOException {
    Files.write(proc.resolve("net/tcp"), withHead(tcp));
    Files.write(proc.resolve("net/tcp6"), withHead(tcp6));
  }

  private Owner owner() throws IOException {
    writeTables();
    return new ProcPortOwner(proc, List.of(root.resolve("nothing"), cgroups)).ownerOf(8101, GROUP);
  }

  private static List<String> withHead(List<String> rows) {
    List<String> all = new ArrayList<>(List.of("  sl  local_address rem_address   st tx_queue"));
    all.addAll(rows);
    return all;
  }

  private static void listen(List<String> table, String address, int port, long inode) {
    table.add(row("0A", address, port, inode));
  }

  private static String row(String state, String address, int port, long inode) {
    return String.format(
        "   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000  1000        0 %d 1"
            + " c0 100 0 0 10 0",
        address, port, state, inode);
  }

  private void process(long pid, String program, String group, long... sockets) throws IOException {
    Path directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
    Path files = Files.createDirectories(directory.resolve("fd"));
    Files.writeString(directory.resolve("comm"), program + "\n");
    Files.writeString(directory.resolve("cgroup"), "3:cpuset:/\n0::" + group + "\n");
    int number = 0;
    for (long inode : sockets) {
      Files.createSymbolicLink(
          files.resolve(Integer.toString(number++)), Path.of("socket:[" + inode + "]"));
    }
  }

  private void group(String group, long... pids) throws IOException {
    Path directory = Files.createDirectories(cgroups.resolve(group.substring(1)));
    StringBuilder text = new StringBuilder();
    for (long pid : pids) {
      text.append(pid).append('\n');
    }
    Files.writeString(directory.resolve("cgroup.procs"), text, StandardCharsets.US_ASCII);
  }
}
