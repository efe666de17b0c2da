package hal0.slots.pull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file is. */
public final class FileSum {
  private static final int BUFFER = 1 << 20;

  private FileSum() {}

  /**
   * A file's sha256, 64 hexadecimal digits in lower case. Blocks for as long as reading takes.
   *
   * @throws IOException if it cannot be read
   */
  public static String sha256(Path file) throws IOException {
    Hash hash = new Hash();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.add(buffer, read);
      }
    }
    return hash.end();
  }
}
