package hal0.slots.record;

import hal0.slots.disk.WholeFile;
import hal0.slots.spec.SlotSpec;
import hal0.slots.story.StoryFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps each record in {@code <state>/slots/<name>/state.json}. A record that cannot be read is
 * kept beside as {@code state.json.corrupt-<n>}, {@code n} rising, the last ten of them.
 */
public final class FileSlotStore implements SlotStore {
  /** How large a record may be, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /** How many unreadable records of one slot are kept. */
  public static final int MAX_CORRUPT = 10;

  private static final System.Logger LOG = System.getLogger(FileSlotStore.class.getName());
  private static final String FILE = "state.json";
  private static final Pattern NUMBER = Pattern.compile("\\.corrupt-([1-9][0-9]{0,8})");

  private final Path root;

  /**
   * @param stateDirectory the daemon's; it and {@code slots} in it are made when first needed
   */
  public FileSlotStore(Path stateDirectory) {
    root = stateDirectory.resolve("slots");
  }

  @Override
  public Optional<SlotRecord> load(String name) throws IOException {
    Path directory = directory(name);
    if (isThere(directory) && !Files.isDirectory(directory)) {
      keepAside(directory, "it is not a directory");
      return Optional.empty();
    }
    Path file = directory.resolve(FILE);
    dropLeftover(directory.resolve(FILE + WholeFile.TEMPORARY));
    try {
      return Optional.of(RecordJson.decode(name, WholeFile.read(file, MAX_BYTES)));
    } catch (NoSuchFileException e) {
      if (isThere(file)) {
        keepAside(file, "it is a link to nothing");
      }
    } catch (WholeFile.Unfit | RecordJson.Unreadable e) {
      keepAside(file, e.getMessage());
    }
    return Optional.empty();
  }

  @Override
  public void save(SlotRecord record) throws IOException {
    Path directory = directory(record.name());
    Path file = directory.resolve(FILE);
    byte[] bytes = RecordJson.encode(record);
    if (bytes.length > MAX_BYTES) {
      throw new IOException(file + ": the record is larger than " + MAX_BYTES + " bytes");
    }
    WholeFile.makeDirectories(directory);
    WholeFile.write(file, bytes);
  }

  @Override
  public void delete(String name) throws IOException {
    Path directory = directory(name);
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> ours = new ArrayList<>(aside(directory.resolve(FILE)));
    ours.add(directory.resolve(FILE + WholeFile.TEMPORARY));
    ours.add(directory.resolve(StoryFiles.OLD));
    ours.add(directory.resolve(StoryFiles.FILE));
    ours.add(directory.resolve(FILE));
    for (Path path : ours) {
      deleteTree(path);
    }
    try {
      Files.delete(directory);
      WholeFile.sync(root);
    } catch (DirectoryNotEmptyException e) {
      // Somebody else keeps something there: that stays.
      WholeFile.sync(directory);
    }
  }

  @Override
  public Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = nameOf(entry);
        if (SlotSpec.NAME.matcher(name).matches() && isThere(entry.resolve(FILE))) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private Path directory(String name) {
    if (!SlotSpec.NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a slot's name: " + name);
    }
    return root.resolve(name);
  }

  private static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static String nameOf(Path path) {
    return Objects.requireNonNull(path.getFileName(), "no name").toString();
  }

  private static void dropLeftover(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot delete the leftover {0}: {1}",
          temporary,
          e.getMessage());
    }
  }

  /**
   * Takes what cannot be read out of the way. Where even that fails, the next save takes its place.
   */
  private static void keepAside(Path path, String why) {
    try {
      List<Path> kept = aside(path);
      int next = kept.isEmpty() ? 1 : number(kept.getLast(), nameOf(path)) + 1;
      Path target = path.resolveSibling(nameOf(path) + ".corrupt-" + next);
      Files.move(path, target);
      LOG.log(
          System.Logger.Level.WARNING,
          "the record {0} cannot be read: {1}; kept as {2}",
          path,
          why,
          target);
      for (Path old : kept.subList(0, Math.max(0, kept.size() + 1 - MAX_CORRUPT))) {
        deleteTree(old);
      }
      WholeFile.sync(target.getParent());
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the record {0} cannot be read: {1}; nor kept beside: {2}",
          path,
          why,
          e);
    }
  }

  /** What was kept beside {@code path}, oldest first. */
  private static List<Path> aside(Path path) throws IOException {
    List<Path> found = new ArrayList<>();
    String name = nameOf(path);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path.getParent())) {
      for (Path entry : entries) {
        if (number(entry, name) > 0) {
          found.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparingInt(entry -> number(entry, name)));
    return found;
  }

  private static int number(Path entry, String name) {
    String whole = nameOf(entry);
    if (!whole.startsWith(name)) {
      return 0;
    }
    Matcher matcher = NUMBER.matcher(whole.substring(name.length()));
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** Links are deleted, never followed. */
  private static void deleteTree(Path path) throws IOException {
    if (!isThere(path)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(path)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }
}
