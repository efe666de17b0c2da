package hal0.slots.pull;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.disk.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What has come of a file so far: {@code <path>.part}, and beside it {@code <path>.part.json} with
 * what it is a part of. One writer at a time, by a lock that ends with its holder. For one thread.
 */
final class PartFile implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LARGEST_META = 64 * 1024;

  /** What is written beyond this since the last time is made safe on disk. */
  private static final long CHECKPOINT = 256L << 20;

  /**
   * What the part belongs to.
   *
   * @param etag a strong one; "" for none
   * @param modified {@code Last-Modified} as it came; "" for none
   * @param total how long the whole is
   */
  record Meta(String etag, String modified, OptionalLong total) {
    static final Meta NONE = new Meta("", "", OptionalLong.empty());

    /** What makes sure that the rest is of the same file; empty where nothing does. */
    Optional<String> validator() {
      return etag.isEmpty() ? Optional.of(modified).filter(m -> !m.isEmpty()) : Optional.of(etag);
    }
  }

  /** Somebody else writes it. */
  static final class Busy extends IOException {
    private static final long serialVersionUID = 1L;

    private Busy(Path part) {
      super(part + " is being written by another process");
    }
  }

  private final Want.File want;
  private final Path part;
  private final Path beside;
  private final String boot;
  private final FileChannel channel;
  private Meta meta = Meta.NONE;
  private long size;
  private long synced;

  private PartFile(Want.File want, FileChannel channel, String boot) {
    this.want = want;
    this.part = of(want.path());
    this.beside = part.resolveSibling(part.getFileName() + ".json");
    this.channel = channel;
    this.boot = boot;
  }

  /** Where the part of a file is. */
  static Path of(Path file) {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  /**
   * Opens it, or makes it. What is there of another source is thrown away.
   *
   * @param boot another for each time that the machine was started: what was not made safe on disk
   *     is not trusted after that
   * @throws Busy if another process has it
   */
  static PartFile open(Want.File want, String boot) throws IOException {
    Path part = of(want.path());
    makeDirectory(Objects.requireNonNull(part.toAbsolutePath().getParent()));
    FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new Busy(part);
      }
      if (Files.exists(want.path())) {
        // It was finished after it was opened here: what is open now is the file itself.
        throw new Busy(part);
      }
      PartFile opened = new PartFile(want, channel, boot);
      opened.find();
      return opened;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new Busy(part);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Who runs the slot's process must get there, whatever this process hides by default. */
  private static void makeDirectory(Path directory) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path at = directory; at != null && !Files.exists(at); at = at.getParent()) {
      missing.add(at);
    }
    WholeFile.makeDirectories(directory);
    for (Path made : missing) {
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private void find() throws IOException {
    Optional<JsonNode> known = read();
    boolean same =
        known.isPresent()
            && known.get().path("source").asText().equals(want.source())
            && known.get().path("sha256").asText().equals(want.sha256().orElse(""));
    if (!same) {
      restart();
      return;
    }
    JsonNode json = known.get();
    long safe = json.path("synced").asLong();
    boolean sameBoot = json.path("boot").asText().equals(boot);
    size = sameBoot ? channel.size() : Math.min(channel.size(), safe);
    synced = Math.min(size, safe);
    channel.truncate(size);
    channel.position(size);
    JsonNode total = json.path("total");
    meta =
        new Meta(
            json.path("etag").asText(),
            json.path("modified").asText(),
            total.isIntegralNumber() ? OptionalLong.of(total.asLong()) : OptionalLong.empty());
  }

  private Optional<JsonNode> read() throws IOException {
    try {
      return Optional.of(JSON.readTree(WholeFile.read(beside, LARGEST_META)));
    } catch (NoSuchFileException | JacksonException | WholeFile.Unfit e) {
      return Optional.empty();
    }
  }

  /** How much is here. */
  long size() {
    return size;
  }

  Meta meta() {
    return meta;
  }

  /** Says what the bytes that follow belong to. */
  void belongsTo(Meta next) throws IOException {
    if (!next.equals(meta)) {
      meta = next;
      note();
    }
  }

  private void note() throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("source", want.source());
    json.put("sha256", want.sha256().orElse(""));
    json.put("etag", meta.etag());
    json.put("modified", meta.modified());
    meta.total().ifPresent(total -> json.put("total", total));
    json.put("synced", synced);
    json.put("boot", boot);
    WholeFile.write(beside, JSON.writeValueAsBytes(json));
  }

  /** Throws away what is here. */
  void restart() throws IOException {
    channel.truncate(0);
    channel.position(0);
    size = 0;
    synced = 0;
    meta = Meta.NONE;
    Files.deleteIfExists(beside);
  }

  /** Adds bytes at the end. */
  void write(byte[] bytes, int length) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
    while (rest.hasRemaining()) {
      size += channel.write(rest);
    }
    if (size - synced >= CHECKPOINT) {
      channel.force(true);
      synced = size;
      note();
    }
  }

  /** Reads what is here from {@code at}; -1 at its end. */
  int read(ByteBuffer into, long at) throws IOException {
    return channel.read(into, at);
  }

  /** It is whole and right: puts it in its place, readable for everybody. */
  void finish() throws IOException {
    Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--"));
    channel.force(true);
    Files.move(part, want.path(), StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(beside);
    WholeFile.sync(Objects.requireNonNull(want.path().toAbsolutePath().getParent()));
  }

  /** Nothing of it is worth keeping. */
  void discard() throws IOException {
    Files.deleteIfExists(beside);
    Files.deleteIfExists(part);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
