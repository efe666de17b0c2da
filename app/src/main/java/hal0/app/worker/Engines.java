package hal0.app.worker;

import hal0.app.worker.engine.Engine;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The engines that are to be had: hal0's own, and those in jars beside it. */
final class Engines {
  private static final Logger LOG = System.getLogger(Engines.class.getName());

  private final Map<String, Engine> byName = new TreeMap<>();

  private Engines() {}

  /**
   * Looks for them; a jar that can't be read, or an engine that can't be made, is logged and passed
   * over.
   *
   * @param directories that may hold jars; those that aren't there are passed over
   */
  static Engines in(List<Path> directories) {
    List<URL> jars = new ArrayList<>();
    directories.forEach(directory -> jars.addAll(jars(directory)));
    ClassLoader own = Engines.class.getClassLoader();
    // Kept open for the life of the process: engines load their classes when they need them.
    ClassLoader loader =
        jars.isEmpty() ? own : new URLClassLoader("engines", jars.toArray(URL[]::new), own);
    Engines engines = new Engines();
    Iterator<Engine> found = ServiceLoader.load(Engine.class, loader).iterator();
    while (engines.takeNext(found)) {
      continue;
    }
    return engines;
  }

  /**
   * The engine of that name.
   *
   * @throws IllegalArgumentException when there is none; it says which there are
   */
  Engine named(String name) {
    Engine engine = byName.get(name);
    if (engine == null) {
      throw new IllegalArgumentException(
          "no engine is called " + name + ", but " + String.join(", ", byName.keySet()));
    }
    return engine;
  }

  /** From {@code HAL0_ENGINES} (directories, ':' between them) and the distribution's own. */
  static List<Path> directories(Map<String, String> env, Path home) {
    List<Path> directories = new ArrayList<>();
    for (String one : env.getOrDefault("HAL0_ENGINES", "").split(File.pathSeparator, -1)) {
      if (!one.isBlank()) {
        directories.add(Path.of(one));
      }
    }
    if (home != null) {
      directories.add(home.resolve("lib/engines"));
    }
    return directories;
  }

  /** False at the end. */
  private boolean takeNext(Iterator<Engine> found) {
    try {
      if (!found.hasNext()) {
        return false;
      }
      Engine engine = found.next();
      if (byName.putIfAbsent(engine.name(), engine) != null) {
        LOG.log(Level.WARNING, "two engines are called {0}: the first is used", engine.name());
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      LOG.log(Level.WARNING, "an engine can't be used: " + e.getMessage());
    }
    return true;
  }

  private static List<URL> jars(Path directory) {
    List<URL> jars = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return jars;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      List<Path> sorted = new ArrayList<>();
      files.forEach(sorted::add);
      sorted.sort(null);
      for (Path jar : sorted) {
        jars.add(jar.toUri().toURL());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the engines in " + directory + " can't be read", e);
    }
    return jars;
  }
}
