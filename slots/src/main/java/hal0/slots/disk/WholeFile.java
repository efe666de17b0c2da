package hal0.slots.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Objects;

/**
 * Reads and writes files whole. Every {@link IOException} names the file. Safe for use by many
 * threads, but two writers of one file must take turns.
 */
public final class WholeFile {
  /** What the name of a file that is being written ends with; a leftover one can be deleted. */
  public static final String TEMPORARY = ".tmp";

  private WholeFile() {}

  /**
   * There is something, but no plain file that could be read whole: a directory, a FIFO, or too
   * much of it.
   */
  public static final class Unfit extends IOException {
    private static final long serialVersionUID = 1L;

    private Unfit(String message) {
      super(message);
    }
  }

  /**
   * Reads a file. Never waits for a FIFO's or a device's other end.
   *
   * @param limit how many bytes it may have
   * @throws NoSuchFileException if there is none
   * @throws Unfit if it is no plain file, or larger
   */
  public static byte[] read(Path file, int limit) throws IOException {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw new Unfit(file + ": not a plain file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(limit + 1);
        if (content.length > limit) {
          throw new Unfit(file + ": larger than " + limit + " bytes");
        }
        return content;
      }
    } catch (NoSuchFileException | Unfit e) {
      throw e;
    } catch (IOException e) {
      throw naming(file, e);
    }
  }

  /**
   * Replaces a file's content, or makes the file; returns when it is safe on disk. When this fails
   * the old content is still there. Its directory must exist.
   */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, temporary -> {});
  }

  /**
   * Replaces the content of a file that somebody else may own: permissions stay, owner and group
   * too where this process may give them away. A link stays a link, to the file with the new
   * content. See {@link #write}.
   */
  public static void rewrite(Path file, byte[] content) throws IOException {
    PosixFileAttributes old;
    Path real;
    try {
      real = file.toRealPath();
      old = Files.readAttributes(real, PosixFileAttributes.class);
    } catch (IOException e) {
      throw naming(file, e);
    }
    write(real, content, temporary -> dress(temporary, old));
  }

  private static void dress(Path file, PosixFileAttributes as) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    try {
      if (!now.group().equals(as.group())) {
        view.setGroup(as.group());
      }
      if (!now.owner().equals(as.owner())) {
        view.setOwner(as.owner());
      }
    } catch (FileSystemException e) {
      // Not ours to give away: then the file is this process's own.
    }
    view.setPermissions(as.permissions());
  }

  /** Gives a new file, still empty, its attributes. */
  private interface Dressing {
    void apply(Path temporary) throws IOException;
  }

  private static void write(Path file, byte[] content, Dressing dressing) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        dressing.apply(temporary);
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw naming(file, dropping(temporary, e));
    }
    sync(parent(file));
  }

  /**
   * Removes a file, which must be there; returns when that is safe on disk. A link is removed, not
   * its target.
   */
  public static void delete(Path file) throws IOException {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw naming(file, e);
    }
    sync(parent(file));
  }

  private static IOException dropping(Path temporary, IOException cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return cause;
  }

  /** Makes a directory and those above it; returns when they are safe on disk. */
  public static void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = parent(directory);
    makeDirectories(parent);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw new IOException(directory + ": not a directory", e);
      }
    } catch (IOException e) {
      throw naming(directory, e);
    }
    sync(parent);
  }

  /** Makes sure that a directory's entries, as they are now, outlive a power cut. */
  public static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw naming(directory, e);
    }
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "the root has no parent");
  }

  private static IOException naming(Path file, IOException cause) {
    return new IOException(file + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case NotDirectoryException _ -> "not a directory";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> String.valueOf(cause.getMessage());
    };
  }
}
