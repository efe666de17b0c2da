package hal0.app.machine;

import hal0.slots.disk.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A file that hal0 writes into a directory it shares with others: told apart by its first words.
 *
 * @param mark what the text begins with
 */
record OwnFile(Path path, String mark) {
  /** Whose a file is. */
  enum Owner {
    NOBODY,
    HAL0,
    OTHERS
  }

  /** Whose it is; a link is never ours. */
  Owner owner() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Owner.NOBODY;
    }
    boolean ours = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && read().startsWith(mark);
    return ours ? Owner.HAL0 : Owner.OTHERS;
  }

  /** Whether it says exactly this. */
  boolean says(String text) throws IOException {
    return owner() == Owner.HAL0 && read().equals(text);
  }

  /** Writes it whole or not at all. */
  void write(String text) throws IOException {
    WholeFile.makeDirectories(path.getParent());
    WholeFile.write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private String read() throws IOException {
    return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
  }
}
