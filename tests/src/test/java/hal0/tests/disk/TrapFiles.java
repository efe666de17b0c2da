package hal0.tests.disk;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * The machine's files behind a trap: it is asked before everything that changes a file or makes a
 * change safe, and may throw. What is written when it throws is torn: half of it reaches the file.
 * Works for paths made by {@link #behind}.
 */
final class TrapFiles extends FileSystemProvider {
  /** Asked before each change. */
  interface Trap {
    /**
     * @param what create, write, force, move, delete, directory or attribute
     * @throws IOException as the system would
     */
    void spring(String what, Path path) throws IOException;
  }

  private final FileSystemProvider real;
  private final FileSystem files;
  private final Trap trap;

  private TrapFiles(FileSystem machine, Trap trap) {
    this.real = machine.provider();
    this.files = new TrapSystem(machine, this);
    this.trap = trap;
  }

  /** The same path, behind the trap. */
  static Path behind(Path path, Trap trap) {
    return new TrapFiles(path.getFileSystem(), trap).wrap(path);
  }

  /** What a path behind a trap stands for. */
  static Path unwrap(Path path) {
    return path.getFileSystem() instanceof TrapSystem
        ? ((Behind) Proxy.getInvocationHandler(path)).path()
        : path;
  }

  Path wrap(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(), new Class<?>[] {Path.class}, new Behind(path, this));
  }

  /** A path's methods go to the real path, and what they give comes back behind the trap. */
  private record Behind(Path path, TrapFiles provider)
      implements java.lang.reflect.InvocationHandler {
    @Override
    public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments)
        throws Throwable {
      if (method.getName().equals("getFileSystem")) {
        return provider.files;
      }
      Object[] bare = arguments == null ? new Object[0] : arguments.clone();
      for (int i = 0; i < bare.length; i++) {
        bare[i] = bare[i] instanceof Path other ? unwrap(other) : bare[i];
      }
      try {
        Object given = method.invoke(path, bare);
        return given instanceof Path other ? provider.wrap(other) : given;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (options.contains(StandardOpenOption.CREATE_NEW)
        || options.contains(StandardOpenOption.CREATE)) {
      trap.spring("create", path);
    }
    return new TrapChannel(
        real.newFileChannel(unwrap(path), options, attributes), unwrap(path), trap);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    trap.spring("directory", path);
    real.createDirectory(unwrap(path), attributes);
  }

  @Override
  public void delete(Path path) throws IOException {
    trap.spring("delete", path);
    real.delete(unwrap(path));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    trap.spring("create", target);
    real.copy(unwrap(source), unwrap(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    trap.spring("move", target);
    real.move(unwrap(source), unwrap(target), options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    trap.spring("attribute", path);
    real.setAttribute(unwrap(path), name, value, options);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> entries =
        real.newDirectoryStream(unwrap(path), entry -> filter.accept(wrap(entry)));
    return new DirectoryStream<>() {
      @Override
      public java.util.Iterator<Path> iterator() {
        return StreamSupport.stream(entries.spliterator(), false)
            .map(TrapFiles.this::wrap)
            .iterator();
      }

      @Override
      public void close() throws IOException {
        entries.close();
      }
    };
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return real.isSameFile(unwrap(one), unwrap(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(unwrap(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(unwrap(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(unwrap(path), modes);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(unwrap(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(unwrap(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return real.readAttributes(unwrap(path), names, options);
  }

  @Override
  public String getScheme() {
    return "trap";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return Objects.requireNonNull(files);
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }
}
