package hal0.app;

import hal0.slots.reconcile.FleetPorts;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The directory of slot files, read anew each time. */
record SlotDirectory(Path directory) implements FleetPorts.SlotFiles {
  @Override
  public Map<String, SlotFile> read(Predicate<String> isRunning) throws IOException {
    Map<String, SlotFile> files = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return files;
    }
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, "*.toml")) {
      for (Path path : paths) {
        SpecFile.stem(path).ifPresent(name -> files.put(name, SpecFile.read(path)));
      }
    }
    return files;
  }
}
