package hal0.slots.spec;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads the directory of slot files. A file costs its own slot only, whatever is in it. Safe for
 * many threads.
 */
public final class SpecDirectory {
  private static final System.Logger LOG = System.getLogger(SpecDirectory.class.getName());

  private final Path directory;

  /** Names that were complained of, so that each is once. */
  private final Set<String> complained = new HashSet<>();

  /** What was read last: the bytes are read each time, but seldom differ. */
  private volatile Map<String, SpecFile.Understood> understood = Map.of();

  /**
   * @param directory {@code slots} in the directory of the configuration; it need not exist
   */
  public SpecDirectory(Path directory) {
    this.directory = directory;
  }

  /** Where a slot's file is, or would be. */
  public Path file(String name) {
    return directory.resolve(name + ".toml");
  }

  /**
   * Every slot file as it is now, by the slot's name and in its order. Two that want one port: the
   * later name is in the wrong, or the newcomer where the other one runs.
   *
   * @param isRunning whether a slot's unit runs
   * @throws IOException if the directory is there but cannot be listed
   */
  public Map<String, SlotFile> read(Predicate<String> isRunning) throws IOException {
    TreeMap<String, SpecFile.Placed> placed = new TreeMap<>();
    Map<String, SpecFile.Understood> before = understood;
    Map<String, SpecFile.Understood> now = new HashMap<>();
    names().forEach((name, file) -> now.put(name, SpecFile.read(file, before.get(name))));
    now.forEach((name, file) -> placed.put(name, file.placed()));
    understood = Map.copyOf(now);
    Map<Integer, String> owners = owners(placed, isRunning);
    Map<String, SlotFile> files = new LinkedHashMap<>();
    placed.forEach((name, file) -> files.put(name, settled(file, owners)));
    return files;
  }

  /** Who has a port: the first by name of those that run, else the first by name. */
  private static Map<Integer, String> owners(
      Map<String, SpecFile.Placed> placed, Predicate<String> isRunning) {
    Map<Integer, String> owners = new HashMap<>();
    placed.forEach(
        (name, file) ->
            port(file.file())
                .ifPresent(
                    port -> {
                      String owner = owners.putIfAbsent(port, name);
                      if (owner != null && !isRunning.test(owner) && isRunning.test(name)) {
                        owners.put(port, name);
                      }
                    }));
    return owners;
  }

  private static Optional<Integer> port(SlotFile file) {
    return file.spec().map(SlotSpec::port).filter(port -> port > 0);
  }

  private static SlotFile settled(SpecFile.Placed placed, Map<Integer, String> owners) {
    SlotFile file = placed.file();
    return port(file)
        .filter(port -> !owners.get(port).equals(file.name()))
        .map(
            port ->
                SlotFile.broken(
                    file.name(), List.of(taken(port, owners.get(port), placed.portLine()))))
        .orElse(file);
  }

  private static SpecProblem taken(int port, String owner, int line) {
    return new SpecProblem(
        "port",
        line,
        port
            + " is the port of \""
            + owner
            + "\" already (slots/"
            + owner
            + ".toml): choose another");
  }

  /**
   * Whether another slot has the port that a file wants.
   *
   * @return what is wrong, if it is taken
   * @throws IOException if the directory cannot be listed
   */
  public Optional<SpecProblem> portTaken(SlotSpec spec) throws IOException {
    for (Map.Entry<String, Path> other : names().entrySet()) {
      boolean taken =
          !other.getKey().equals(spec.name())
              && spec.port() > 0
              && port(SpecFile.read(other.getValue()))
                  .filter(port -> port == spec.port())
                  .isPresent();
      if (taken) {
        return Optional.of(taken(spec.port(), other.getKey(), 0));
      }
    }
    return Optional.empty();
  }

  private TreeMap<String, Path> names() throws IOException {
    TreeMap<String, Path> names = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        SpecFile.stem(file)
            .ifPresent(
                name -> {
                  if (SlotSpec.isName(name)) {
                    names.put(name, file);
                  } else {
                    complain(file);
                  }
                });
      }
    } catch (NoSuchFileException e) {
      return names;
    } catch (NotDirectoryException e) {
      throw new IOException(directory + ": not a directory", e);
    } catch (AccessDeniedException e) {
      throw new IOException(directory + ": permission denied", e);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private void complain(Path file) {
    synchronized (complained) {
      if (complained.size() < Problems.TOLD && complained.add(file.toString())) {
        LOG.log(Level.WARNING, "{0} is no slot: a slot''s name is {1}", file, SpecFile.NAME_RULE);
      }
    }
  }
}
