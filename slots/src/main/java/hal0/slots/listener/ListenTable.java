package hal0.slots.listener;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The kernel's tables of TCP sockets, {@code net/tcp} and {@code net/tcp6}. Their form:
 * proc_net_tcp in the kernel's documentation; addresses are words of the machine's own byte order,
 * in hexadecimal.
 */
final class ListenTable {
  private static final String LISTEN = "0A";
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final String LOOPBACK = LITTLE ? "0100007F" : "7F000001";
  private static final String ANY = "00000000";
  private static final String MAPPED = "0000000000000000" + (LITTLE ? "FFFF0000" : "0000FFFF");
  private static final String ANY6 = ANY.repeat(4);

  /** Who gets a connection to 127.0.0.1: the first of these that anybody listens on. */
  private static final List<String> PREFERRED = List.of(LOOPBACK, MAPPED + LOOPBACK, ANY, ANY6);

  private record Listener(String address, long inode) {}

  private ListenTable() {}

  /**
   * The inodes of the sockets that a connection to 127.0.0.1:port may reach; several with
   * SO_REUSEPORT.
   *
   * @param proc where procfs is mounted
   */
  static Set<Long> inodes(Path proc, int port) throws IOException {
    List<Listener> listeners = new ArrayList<>(read(proc.resolve("net/tcp"), port));
    Path six = proc.resolve("net/tcp6");
    if (Files.exists(six)) {
      listeners.addAll(read(six, port));
    }
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

  private static List<Listener> read(Path table, int port) throws IOException {
    List<Listener> listeners = new ArrayList<>();
    String end = String.format(":%04X", port);
    try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // A table may hold many thousands of connections: look closer at few.
        if (!line.contains(end)) {
          continue;
        }
        String[] fields = BLANKS.split(line.strip(), 11);
        if (fields.length > 9 && fields[3].equals(LISTEN) && fields[1].endsWith(end)) {
          String address = fields[1].substring(0, fields[1].length() - end.length());
          listeners.add(new Listener(address, Long.parseLong(fields[9])));
        }
      }
    } catch (NumberFormatException e) {
      throw new IOException(table + " has a line that can't be read", e);
    }
    return listeners;
  }
}
