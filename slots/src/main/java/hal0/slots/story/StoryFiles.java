package hal0.slots.story;

import hal0.slots.disk.WholeFile;
import hal0.slots.spec.SlotSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Each slot's story, one JSON object a line, in {@code <state>/slots/<name>/story.jsonl}. Of a full
 * file another is begun and one old one kept, so that a slot's story takes 512 KiB at most. Nothing
 * is synced: a power cut may cost the last lines, which the records do not depend on. Writers of
 * one slot must take turns; readers need not.
 */
public final class StoryFiles {
  /** The file that is written. */
  public static final String FILE = "story.jsonl";

  /** The one before. */
  public static final String OLD = "story.1.jsonl";

  static final int FULL = 256 << 10;

  private final Path root;

  /**
   * @param stateDirectory the daemon's
   */
  public StoryFiles(Path stateDirectory) {
    this.root = stateDirectory.resolve("slots");
  }

  /**
   * Adds a line. A slot without a directory has no record, and gets no story either.
   *
   * @param line without an end of line in it
   */
  public void add(String slot, String line) throws IOException {
    Path file = directory(slot).resolve(FILE);
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
      long end = whole(channel);
      if (end > 0 && end + bytes.length > FULL) {
        Files.move(file, file.resolveSibling(OLD), StandardCopyOption.REPLACE_EXISTING);
        add(slot, line);
        return;
      }
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        end += channel.write(rest, end);
      }
    } catch (NoSuchFileException e) {
      // It was deleted meanwhile.
      return;
    }
  }

  /** Where the last whole line ends: what a death in the middle left is written over. */
  private static long whole(FileChannel channel) throws IOException {
    long end = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    while (end > 0) {
      last.clear();
      channel.read(last, end - 1);
      if (last.get(0) == '\n') {
        break;
      }
      end--;
    }
    if (end < channel.size()) {
      channel.truncate(end);
    }
    return end;
  }

  /**
   * The last lines, oldest first.
   *
   * @param most how many at most
   */
  public List<String> read(String slot, int most) throws IOException {
    List<String> lines = new ArrayList<>(lines(directory(slot).resolve(OLD)));
    lines.addAll(lines(directory(slot).resolve(FILE)));
    return List.copyOf(lines.subList(Math.max(0, lines.size() - most), lines.size()));
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      // A line may be longer than the limit of a file that it is alone in.
      byte[] bytes = WholeFile.read(file, 4 * FULL);
      return new String(bytes, StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private Path directory(String slot) {
    if (!SlotSpec.NAME.matcher(slot).matches()) {
      throw new IllegalArgumentException("not a slot's name: " + slot);
    }
    return root.resolve(slot);
  }
}
