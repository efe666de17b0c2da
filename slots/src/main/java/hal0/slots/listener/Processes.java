package hal0.slots.listener;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Processes as procfs and the cgroup file systems show them. They come and go while they are read:
 * what has gone is passed over, what may not be read is an {@link IOException}.
 */
final class Processes {
  private static final int DEPTH = 16;
  private static final int LIMIT = 50_000;
  private static final String SOCKET = "socket:[";

  private final Path proc;
  private final List<Path> cgroups;

  /**
   * Reads below the given directories.
   *
   * @param cgroups the hierarchies that systemd may keep its units in, the likeliest first
   */
  Processes(Path proc, List<Path> cgroups) {
    this.proc = proc;
    this.cgroups = List.copyOf(cgroups);
  }

  /** The processes in {@code controlGroup} and below; empty when there is no such group. */
  Set<Long> inGroup(String controlGroup) throws IOException {
    String relative = controlGroup.replaceFirst("^/+", "");
    if (relative.isEmpty() || Path.of(relative).normalize().startsWith("..")) {
      return Set.of();
    }
    for (Path hierarchy : cgroups) {
      Path group = hierarchy.resolve(relative);
      if (Files.isReadable(group.resolve("cgroup.procs"))) {
        Set<Long> pids = new HashSet<>();
        collect(group, pids, DEPTH);
        return pids;
      }
    }
    return Set.of();
  }

  /** All processes that can be seen. */
  List<Long> all() throws IOException {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        OptionalLong pid = number(entry.getFileName().toString());
        if (pid.isPresent()) {
          pids.add(pid.getAsLong());
        }
      }
    }
    return pids;
  }

  /**
   * Which of {@code inodes} are sockets that the process has open; empty when the process has gone.
   */
  Set<Long> sockets(long pid, Set<Long> inodes) throws IOException {
    Set<Long> held = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
      for (Path file : files) {
        String target = target(file);
        if (target.startsWith(SOCKET)) {
          OptionalLong inode = number(target.substring(SOCKET.length(), target.length() - 1));
          if (inode.isPresent() && inodes.contains(inode.getAsLong())) {
            held.add(inode.getAsLong());
          }
        }
      }
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return held;
  }

  /** The process's cgroups, one for each hierarchy; empty when it has gone. */
  List<String> groups(long pid) throws IOException {
    List<String> groups = new ArrayList<>();
    try {
      for (String line : text(pid + "/cgroup").lines().toList()) {
        // "id:controllers:/path", and a path may hold colons of its own.
        int path = line.indexOf(':', line.indexOf(':') + 1);
        groups.add(line.substring(path + 1));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return groups;
  }

  /** The process's name as the kernel has it. */
  String program(long pid) throws IOException {
    return text(pid + "/comm").strip();
  }

  /** Whether {@code group} is {@code controlGroup} or below it. */
  static boolean isWithin(String group, String controlGroup) {
    return group.equals(controlGroup) || group.startsWith(controlGroup + "/");
  }

  private void collect(Path group, Set<Long> pids, int depth) throws IOException {
    try {
      for (String line :
          Files.readAllLines(group.resolve("cgroup.procs"), StandardCharsets.ISO_8859_1)) {
        OptionalLong pid = number(line);
        // 0: a process outside this PID namespace.
        if (pid.isPresent() && pid.getAsLong() > 0 && pids.size() < LIMIT) {
          pids.add(pid.getAsLong());
        }
      }
      if (depth > 0) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(group, Files::isDirectory)) {
          for (Path child : children) {
            collect(child, pids, depth - 1);
          }
        }
      }
    } catch (NoSuchFileException e) {
      // The group has gone, and its processes with it.
    }
  }

  private static String target(Path file) throws IOException {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(proc.resolve(file), StandardCharsets.ISO_8859_1);
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
