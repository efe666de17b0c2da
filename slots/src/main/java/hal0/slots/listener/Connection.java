package hal0.slots.listener;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** One end of an open TCP connection, by the kernel's tables. Immutable. */
record Connection(int localPort, int remotePort, long inode) {
  private static final String ESTABLISHED = "01";
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /**
   * The open connections that have that port at either end, each end by itself.
   *
   * @param proc where procfs is mounted
   */
  static List<Connection> of(Path proc, int port) throws IOException {
    List<Connection> found = new ArrayList<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      Path file = proc.resolve(table);
      if (Files.exists(file)) {
        read(file, port, found);
      }
    }
    return found;
  }

  private static void read(Path table, int port, List<Connection> found) throws IOException {
    String shown = String.format(":%04X ", port);
    try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // A table may hold many thousands of connections: look closer at few.
        if (!line.contains(shown)) {
          continue;
        }
        String[] fields = BLANKS.split(line.strip(), 11);
        if (fields.length > 9 && fields[3].equals(ESTABLISHED)) {
          found.add(
              new Connection(portOf(fields[1]), portOf(fields[2]), Long.parseLong(fields[9])));
        }
      }
    } catch (NumberFormatException e) {
      throw new IOException(table + " has a line that can't be read", e);
    }
  }

  private static int portOf(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
  }
}
