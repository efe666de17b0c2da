package hal0.slots.unit;

import hal0.slots.SlotException;
import hal0.slots.disk.WholeFile;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The drop-ins in systemd's own directory. Touches no file whose first line is not ours. */
public final class DropInFiles implements UnitFiles {
  /** How large a drop-in may be, in bytes; systemd reads no line longer than this. */
  static final int MAX_BYTES = 1 << 20;

  private static final String DIRECTORY = ".d";

  private final Path unitDirectory;
  private final Supplier<Host> host;
  private final ModelPaths models;

  /**
   * @param unitDirectory where the scope's systemd looks for an administrator's, or the user's,
   *     units
   * @param host asked anew for each text, since devices come and go
   */
  public DropInFiles(Path unitDirectory, Supplier<Host> host, ModelPaths models) {
    this.unitDirectory = unitDirectory;
    this.host = host;
    this.models = models;
  }

  @Override
  public boolean write(SlotSpec spec, Optional<String> modelId) throws IOException, SlotException {
    String text = text(spec, modelId);
    Path file = file(spec.name());
    Optional<String> old = read(file);
    if (old.isPresent() && !DropIn.isOurs(old.get())) {
      throw new IOException(file + ": not written by hal0: move it away");
    }
    if (old.isPresent() && old.get().equals(text)) {
      return false;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES) {
      throw new IOException(file + ": larger than " + MAX_BYTES + " bytes");
    }
    WholeFile.makeDirectories(file.getParent());
    WholeFile.write(file, bytes);
    return true;
  }

  @Override
  public void check(SlotSpec spec, Optional<String> modelId) throws SlotException {
    text(spec, modelId);
  }

  @Override
  public boolean differs(SlotSpec spec) {
    try {
      Optional<String> old = read(file(spec.name())).filter(DropIn::isOurs);
      return old.isEmpty() || !old.get().equals(text(spec, DropIn.model(old.get())));
    } catch (IOException | SlotException e) {
      return true;
    }
  }

  @Override
  public Optional<String> model(String slot) {
    try {
      return read(file(slot)).filter(DropIn::isOurs).flatMap(DropIn::model);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean remove(String slot) throws IOException {
    Path file = file(slot);
    Path directory = Objects.requireNonNull(file.getParent());
    Files.deleteIfExists(file.resolveSibling(DropIn.FILE + WholeFile.TEMPORARY));
    if (read(file).filter(DropIn::isOurs).isEmpty()) {
      return false;
    }
    Files.delete(file);
    try {
      Files.delete(directory);
    } catch (DirectoryNotEmptyException e) {
      // An administrator's own drop-ins stay.
      WholeFile.sync(directory);
      return true;
    }
    WholeFile.sync(unitDirectory);
    return true;
  }

  @Override
  public Set<String> slots() throws IOException {
    Set<String> slots = new TreeSet<>();
    String pattern = UnitName.SLOT_PATTERN + DIRECTORY;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(unitDirectory, pattern)) {
      for (Path entry : entries) {
        String name = Objects.requireNonNull(entry.getFileName()).toString();
        Optional<String> slot =
            new UnitName(name.substring(0, name.length() - DIRECTORY.length())).slot();
        if (slot.isPresent() && isOurs(entry.resolve(DropIn.FILE))) {
          slots.add(slot.get());
        }
      }
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return slots;
  }

  private static boolean isOurs(Path file) {
    try {
      return read(file).filter(DropIn::isOurs).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private String text(SlotSpec spec, Optional<String> modelId) throws SlotException {
    Optional<String> path = models.path(spec, modelId);
    if (modelId.isEmpty() && spec.model().id().isEmpty()) {
      // Servers of voices, say, have a model's path but no id that a client would ask for.
      path = path.or(() -> spec.model().path());
    }
    return DropIn.text(spec, modelId, path, host.get());
  }

  private Path file(String slot) {
    return unitDirectory.resolve(UnitName.ofSlot(slot).value() + DIRECTORY).resolve(DropIn.FILE);
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      // Bytes that are no text become other text, which is not ours or differs.
      return Optional.of(new String(WholeFile.read(file, MAX_BYTES), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
