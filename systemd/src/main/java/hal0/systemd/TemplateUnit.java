package hal0.systemd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The unit file that every slot's unit is an instance of, in the directory where a systemd looks
 * for it. systemd must be reloaded after a change. Calls must not overlap.
 */
public final class TemplateUnit {
  private static final String RESOURCE = UnitName.SLOT_TEMPLATE.value();
  private static final String MARK = "# Written by hal0 install";

  private static final String PACKAGED =
      "# Part of the package hal0. Changes are lost at its next upgrade: make them in a drop-in.";

  private final Path file;

  /**
   * @param directory see {@link Scope#unitDirectory}; made when it is not there
   */
  public TemplateUnit(Path directory) {
    this.file = directory.resolve(RESOURCE);
  }

  /**
   * What an installation did.
   *
   * @param changed whether systemd has something new to read
   * @param kept where a file of somebody else's that was in the way is now
   */
  public record Installed(boolean changed, Optional<Path> kept) {}

  /** Where it is, or would be. */
  public Path file() {
    return file;
  }

  /** What is written. */
  public static String text() {
    try (InputStream in = TemplateUnit.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("hal0's own files are damaged: " + RESOURCE, unreadable);
    }
  }

  /** The same for a package, whose files no command of hal0's takes away. */
  public static String packaged() {
    String text = text();
    String body = text.substring(text.indexOf('\n'));
    // Only a package brings the page.
    return PACKAGED + body.replace("\n[Unit]\n", "\n[Unit]\nDocumentation=man:hal0(1)\n");
  }

  /** Whether the file is there as this hal0 would write it. */
  public boolean isInstalled() throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.readString(file).equals(text());
  }

  /**
   * Puts the file there, whole or not at all. What hal0 wrote before is replaced; a file, or a
   * link, of somebody else's is kept beside it as {@code ….orig}.
   */
  public Installed install() throws IOException {
    if (isInstalled()) {
      return new Installed(false, Optional.empty());
    }
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling("." + RESOURCE + ".new");
    Files.writeString(fresh, text());
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Optional<Path> kept = Optional.empty();
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isOurs()) {
      kept = Optional.of(file.resolveSibling(RESOURCE + ".orig"));
      Files.move(file, kept.get(), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return new Installed(true, kept);
  }

  /**
   * Takes the file away, if hal0 wrote it.
   *
   * @return whether it did
   */
  public boolean uninstall() throws IOException {
    return isOurs() && Files.deleteIfExists(file);
  }

  private boolean isOurs() throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.readString(file).startsWith(MARK);
  }
}
