package hal0.tests.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The project's own Java files. */
final class Sources {
  private static final List<String> MODULES = List.of("systemd", "slots", "app", "tests");

  private Sources() {}

  /** The top of the checkout. */
  static Path root() {
    return Path.of(System.getProperty("hal0.dist"))
        .resolve("../../..")
        .toAbsolutePath()
        .normalize();
  }

  /** Every Java file, main and test. */
  static List<Path> all() {
    return under("src");
  }

  /** The Java files of the product. */
  static List<Path> product() {
    return under("src/main").stream()
        .filter(file -> !file.startsWith(root().resolve("tests")))
        .toList();
  }

  private static List<Path> under(String part) {
    return MODULES.stream()
        .flatMap(module -> walk(root().resolve(module).resolve(part)))
        .sorted()
        .toList();
  }

  private static Stream<Path> walk(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file's name below the checkout, for messages. */
  static String name(Path file) {
    return root().relativize(file).toString();
  }
}
