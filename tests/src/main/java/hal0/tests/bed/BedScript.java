package hal0.tests.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A shell script of the test bed, which is a resource beside this class. */
record BedScript(String name) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Writes it into a directory. */
  Path writeTo(Path directory) {
    try (InputStream script = BedScript.class.getResourceAsStream(name)) {
      Path file = directory.resolve(name);
      Files.copy(script, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Why what it makes cannot be had on this machine, in one line; empty where it can. */
  Optional<String> whyNot() {
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      return Optional.of("systemd runs on Linux only");
    }
    try {
      Path directory = Files.createTempDirectory("hal0-bed-");
      Path script = writeTo(directory);
      Ran ran = Ran.of(Map.of(), LIMIT, List.of("sh", script.toString(), "check"));
      Files.delete(script);
      Files.delete(directory);
      return ran.ok() ? Optional.empty() : Optional.of((ran.out() + ran.err()).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
