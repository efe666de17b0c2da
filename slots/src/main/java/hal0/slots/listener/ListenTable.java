package hal0.slots.listener;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who listens, by the kernel's tables of TCP sockets, {@code net/tcp} and {@code net/tcp6}, as they
 * were at one moment. Immutable. Their form: proc_net_tcp in the kernel's documentation; addresses
 * are words of the machine's own byte order, in hexadecimal.
 */
final class ListenTable {
  private static final String LISTEN = " 0A ";
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final String LOOPBACK = LITTLE ? "0100007F" : "7F000001";
  private static final String ANY = "00000000";
  private static final String MAPPED = "0000000000000000" + (LITTLE ? "FFFF0000" : "0000FFFF");
  private static final String ANY6 = ANY.repeat(4);

  /** Who gets a connection to 127.0.0.1: the first of these that anybody listens on. */
  private static final List<String> PREFERRED = List.of(LOOPBACK, MAPPED + LOOPBACK, ANY, ANY6);

  private record Listener(String address, long inode) {}

  private final Map<Integer, List<Listener>> byPort;

  private ListenTable(Map<Integer, List<Listener>> byPort) {
    this.byPort = byPort;
  }

  /**
   * Reads the tables as they are now. Takes some ten milliseconds on a machine with much memory:
   * the kernel goes through every bucket of its own table, however few sockets there are.
   *
   * @param proc where procfs is mounted
   */
  static ListenTable read(Path proc) throws IOException {
    Map<Integer, List<Listener>> byPort = new HashMap<>();
    read(proc.resolve("net/tcp"), byPort);
    Path six = proc.resolve("net/tcp6");
    if (Files.exists(six)) {
      read(six, byPort);
    }
    return new ListenTable(byPort);
  }

  /**
   * The inodes of the sockets that a connection to 127.0.0.1:port may reach; several with
   * SO_REUSEPORT.
   */
  Set<Long> inodes(int port) {
    List<Listener> listeners = byPort.getOrDefault(port, List.of());
    for (String address : PREFERRED) {
      Set<Long> inodes = new HashSet<>();
      listeners.stream()
          .filter(l -> l.address().equals(address))
          .forEach(l -> inodes.add(l.inode()));
      if (!inodes.isEmpty()) {
        return inodes;
      }
    }
    return Set.of();
  }

  private static void read(Path table, Map<Integer, List<Listener>> byPort) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // A table may hold many thousands of connections: look closer at few.
        if (!line.contains(LISTEN)) {
          continue;
        }
        String[] fields = BLANKS.split(line.strip(), 11);
        if (fields.length > 9 && fields[3].equals(LISTEN.strip())) {
          int colon = fields[1].lastIndexOf(':');
          int port = Integer.parseInt(fields[1], colon + 1, fields[1].length(), 16);
          byPort
              .computeIfAbsent(port, any -> new ArrayList<>())
              .add(new Listener(fields[1].substring(0, colon), Long.parseLong(fields[9])));
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IOException(table + " has a line that can't be read", e);
    }
  }
}
