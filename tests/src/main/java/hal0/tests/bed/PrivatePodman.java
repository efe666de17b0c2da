package hal0.tests.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A podman with a storage of its own and one small image, so that tests need no registry and touch
 * nobody's containers. The image has a static busybox as its shell and {@code /www} with an answer
 * at {@code /health} and {@code /v1/models}; its entry point is {@code /bin/sh}.
 */
public final class PrivatePodman implements AutoCloseable {
  /** The image. */
  public static final String IMAGE = "localhost/hal0-test:1";

  private static final Duration COMMAND = Duration.ofMinutes(3);
  private static final String INSTALL =
      "apt-get install podman runc catatonit busybox-static, or tests/bin/setup full";

  private final Path base;

  private PrivatePodman(Path base) {
    this.base = base;
  }

  /** Either one that has run a container, or why there is none: one line with what to install. */
  public record Attempt(Optional<PrivatePodman> podman, String whyNot) {
    private static Attempt failed(String why) {
      return new Attempt(Optional.empty(), why);
    }
  }

  /** Tries to have one. */
  public static Attempt start() {
    if (find("podman").isEmpty() || find("busybox").isEmpty()) {
      return Attempt.failed("podman or busybox is missing: " + INSTALL);
    }
    try {
      PrivatePodman podman = new PrivatePodman(Files.createTempDirectory("hal0-podman-"));
      Ran tried = podman.furnish();
      if (tried.ok()) {
        return new Attempt(Optional.of(podman), "");
      }
      podman.close();
      return Attempt.failed(
          "podman runs no container here (" + INSTALL + "): " + tried.err().lines().findFirst());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What its programs need in their environment. */
  public Map<String, String> environment() {
    return Map.of(
        "CONTAINERS_CONF", base.resolve("containers.conf").toString(),
        "CONTAINERS_STORAGE_CONF", base.resolve("storage.conf").toString(),
        "CONTAINERS_REGISTRIES_CONF", base.resolve("registries.conf").toString());
  }

  /** Runs podman. */
  public Ran run(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("podman"));
    argv.addAll(Arrays.asList(arguments));
    return Ran.of(environment(), COMMAND, argv);
  }

  /** The names of all containers, running or not. */
  public List<String> containers() {
    return run("ps", "--all", "--format", "{{.Names}}").orThrow().lines().toList();
  }

  private Ran furnish() throws IOException {
    // A machine without CAP_SYS_RESOURCE lets nobody raise a limit; a mixed cgroup hierarchy takes
    // runc only.
    Files.writeString(
        base.resolve("containers.conf"),
        "[containers]\n"
            + "pids_limit = 0\n"
            + "default_ulimits = [\"nofile=1024:1024\", \"nproc=4096:4096\"]\n"
            + "[engine]\n"
            + "cgroup_manager = \"cgroupfs\"\n"
            + "events_logger = \"file\"\n"
            + (find("runc").isPresent() ? "runtime = \"runc\"\n" : ""));
    Files.writeString(
        base.resolve("storage.conf"),
        "[storage]\ndriver = \"vfs\"\ngraphroot = \""
            + base.resolve("graph")
            + "\"\nrunroot = \""
            + base.resolve("run")
            + "\"\n");
    // Registries of tests have no certificates.
    Files.writeString(
        base.resolve("registries.conf"),
        "[[registry]]\nprefix = \"127.0.0.1\"\n" + "location = \"127.0.0.1\"\ninsecure = true\n");
    Path root = base.resolve("root");
    for (String directory : List.of("bin", "www/v1", "etc", "tmp")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.copy(
        find("busybox").orElseThrow(),
        root.resolve("bin/busybox"),
        StandardCopyOption.COPY_ATTRIBUTES);
    for (String program : List.of("sh", "httpd", "sleep", "cat", "mv")) {
      Files.createSymbolicLink(root.resolve("bin").resolve(program), Path.of("busybox"));
    }
    Files.writeString(root.resolve("www/v1/models"), "{\"data\": [{\"id\": \"m\"}]}\n");
    Files.writeString(root.resolve("www/health"), "{}\n");
    Path image = base.resolve("image.tar");
    Ran.of(Map.of(), COMMAND, List.of("tar", "-C", root.toString(), "-cf", image.toString(), "."))
        .orThrow();
    Ran imported = run("import", "--change", "ENTRYPOINT [\"/bin/sh\"]", image.toString(), IMAGE);
    return imported.ok()
        ? run("run", "--rm", "--init", "--network=host", IMAGE, "-c", "exit 0")
        : imported;
  }

  private static Optional<Path> find(String program) {
    return Stream.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Removes its containers and all that it stored. */
  @Override
  public void close() {
    run("rm", "--all", "--force");
    run("rmi", "--all", "--force");
    try (Stream<Path> files = Files.walk(base)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      System.out.println("[podman] " + base + " is not quite removed: " + e.getMessage());
    }
  }
}
