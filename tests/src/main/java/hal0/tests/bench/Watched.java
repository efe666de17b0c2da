package hal0.tests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel counts of a process; see proc(5). */
record Watched(long pid) {
  private static final int TICKS = 100;

  /** Resident memory in MiB. */
  long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    return 0;
  }

  /** Processor time so far, in seconds, of the program and the kernel for it. */
  double processorSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    // The name, in brackets, may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS;
  }

  /** Its command line. */
  List<String> arguments() throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
    return List.of(new String(bytes, StandardCharsets.UTF_8).trim().split("\0", -1));
  }
}
