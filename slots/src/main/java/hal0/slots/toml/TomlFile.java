package hal0.slots.toml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads files that hold TOML, whatever lies in their place. */
public final class TomlFile {
  /** The size of the largest file that is read. */
  public static final int MAX_BYTES = 256 * 1024;

  private TomlFile() {}

  /**
   * Reads a file; a link is followed. What is no regular file is not opened: a FIFO would block.
   *
   * @throws IOException with a message for people that does not name the file
   */
  public static byte[] read(Path file) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new IOException(
            attributes.isDirectory() ? "is a directory, not a file" : "is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new IOException("is larger than " + MAX_BYTES / 1024 + " KiB");
        }
        return bytes;
      }
    } catch (FileSystemException e) {
      throw new IOException("cannot be read: " + words(file, e), e);
    }
  }

  private static String words(Path file, FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? "it is a link to nothing"
          : "no such file";
    }
    return e instanceof FileSystemLoopException || e.getReason() == null
        ? "the links go in a circle"
        : e.getReason();
  }

  /** Makes text of a file's bytes: UTF-8, with or without a byte order mark. */
  public static String decode(byte[] bytes) throws TomlException {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    if (decoder.decode(in, out, true).isError()) {
      String before = out.flip().toString();
      int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
      int column = before.codePointCount(before.lastIndexOf('\n') + 1, before.length()) + 1;
      throw new TomlException(
          line, column, "not UTF-8 text: byte 0x%02X".formatted(in.get(in.position())));
    }
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
