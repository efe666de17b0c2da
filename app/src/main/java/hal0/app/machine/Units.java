package hal0.app.machine;

import hal0.systemd.UnitName;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** hal0's traces in a directory of units. */
public final class Units {
  /** What the template begins with. */
  static final String TEMPLATE_MARK = "# Written by hal0 install";

  private static final List<String> LINKS = List.of(".wants", ".requires", ".upholds");

  private Units() {}

  /** The links by which systemd starts slots, and the daemon, at boot. */
  public static List<Path> links(Path unitDirectory) throws IOException {
    if (!Files.isDirectory(unitDirectory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(unitDirectory, 2, new FileVisitOption[0])) {
      return files.filter(Units::isLink).sorted().toList();
    }
  }

  /** The slots that systemd starts at boot. */
  public static Set<String> linkedSlots(Path unitDirectory) throws IOException {
    return links(unitDirectory).stream()
        .flatMap(link -> new UnitName(link.getFileName().toString()).slot().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isLink(Path file) {
    String directory = String.valueOf(file.getParent().getFileName());
    UnitName name = new UnitName(String.valueOf(file.getFileName()));
    boolean ours = name.slot().isPresent() || name.equals(ServiceUnit.NAME);
    return ours && Files.isSymbolicLink(file) && LINKS.stream().anyMatch(directory::endsWith);
  }
}
