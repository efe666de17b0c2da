package hal0.slots.record;

import hal0.slots.disk.WholeFile;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * That one daemon only keeps a state directory: the operating system's lock on {@code
 * <state>/lock}, which ends with its holder however that ends. The file names the holder and stays;
 * its existence means nothing.
 */
public final class StateLock implements AutoCloseable {
  private static final Pattern HOLDER = Pattern.compile("pid ([0-9]+) since (\\S+)\\s*");

  /**
   * Files locked by this process. The system's lock is a process's own, and is lost when any
   * descriptor of the file is closed: so a second one must not even be opened.
   */
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private StateLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Another daemon has it. The message says who, and since when. */
  public static final class Held extends IOException {
    private static final long serialVersionUID = 1L;

    private Held(Path file, String holder) {
      super(
          "another hal0 ("
              + holder
              + ") keeps "
              + file.getParent()
              + ": stop it, or name another state directory");
    }
  }

  /**
   * Takes the lock; does not wait.
   *
   * @param stateDirectory made if it is missing
   * @throws Held if somebody else has it
   * @throws IOException if the file system does not allow it
   */
  public static StateLock take(Path stateDirectory, Clockwork clock) throws IOException {
    WholeFile.makeDirectories(stateDirectory);
    Path file = stateDirectory.toRealPath().resolve("lock");
    synchronized (HELD_HERE) {
      if (HELD_HERE.contains(file)) {
        throw new Held(file, "in this process");
      }
      FileChannel channel = open(file);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          throw new Held(file, holder(channel).orElse("not yet named"));
        }
        String holder =
            "pid "
                + ProcessHandle.current().pid()
                + " since "
                + clock.now().truncatedTo(ChronoUnit.SECONDS)
                + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
        HELD_HERE.add(file);
        return new StateLock(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }
  }

  /** Who has it, as {@code pid 123 since 2030-01-02T03:04:05Z}. */
  private static Optional<String> holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(200);
    channel.read(bytes, 0);
    Matcher matcher =
        HOLDER.matcher(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    return matcher.matches()
        ? Optional.of("pid " + matcher.group(1) + ", since " + matcher.group(2))
        : Optional.empty();
  }

  private static FileChannel open(Path file) throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException("cannot lock " + file + ": " + e.getMessage(), e);
    }
  }

  /** Lets the next one have it. */
  @Override
  public void close() throws IOException {
    synchronized (HELD_HERE) {
      if (HELD_HERE.remove(file)) {
        channel.close();
      }
    }
  }
}
