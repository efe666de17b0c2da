package hal0.slots.spec;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a slot's file says, checked and with its defaults filled in. Immutable.
 *
 * @param name the file's stem
 * @param port the upstream listens on 127.0.0.1:port, 1 to 65535; 0 for a worker, which has none
 * @param backend shown to people only
 * @param enabled started by systemd at boot, and required for the node's readiness
 * @param pinned never unloaded to make room
 */
public record SlotSpec(
    String name,
    Provider provider,
    int port,
    Optional<String> backend,
    boolean enabled,
    boolean pinned,
    Model model,
    Run run,
    Needs needs,
    ProbeSettings probe,
    Admission admission,
    Idle idle,
    Optional<Worker> worker) {

  /** What a slot may be called. */
  public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");

  /**
   * {@code [model]}.
   *
   * @param id {@code default}: empty when the key is left out or ""; "" starts the upstream with no
   *     model
   * @param gpuLayers -1 for all
   */
  public record Model(
      Optional<String> id,
      Optional<String> path,
      Optional<String> source,
      Optional<String> sha256,
      Optional<Integer> contextSize,
      Optional<Integer> gpuLayers) {}

  /** How the upstream is run. */
  public enum Runtime {
    PODMAN,
    DOCKER,
    EXEC;

    /** The word that slot files use. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * {@code [run]}.
   *
   * @param command argv, or arguments after the image; empty Optional: the provider's own
   * @param restart systemd's Restart=
   * @param watchdog zero: none; a worker's is its {@code stall} where the file says nothing
   * @param user empty: hal0
   */
  public record Run(
      Runtime runtime,
      Optional<String> image,
      Optional<List<String>> command,
      Map<String, String> env,
      List<String> devices,
      List<String> volumes,
      Optional<String> memoryMax,
      String restart,
      Duration restartSec,
      boolean supervise,
      Duration watchdog,
      String user) {}

  /** {@code [needs]}, in bytes. */
  public record Needs(Optional<Long> memory, Optional<Long> vram) {}

  /** {@code [probe]}. Paths: empty string for "there is none". */
  public record ProbeSettings(
      Duration grace,
      Duration interval,
      Duration timeout,
      int failures,
      Duration stabilise,
      String healthPath,
      String modelsPath,
      boolean chat,
      boolean anyListener) {}

  /**
   * {@code [admission]}; 0 for "no limit" in {@code maxInFlight}. {@code patience} is the key
   * {@code wait}.
   */
  public record Admission(
      int maxInFlight,
      int queue,
      Duration patience,
      boolean wake,
      Duration drain,
      Duration firstByte,
      Duration stall,
      Optional<String> apiKeyEnv) {
    /** What holds for a unit without a usable file. */
    public static final Admission DEFAULT =
        new Admission(
            0,
            0,
            Duration.ofSeconds(30),
            false,
            Duration.ofSeconds(30),
            Duration.ofSeconds(300),
            Duration.ofSeconds(120),
            Optional.empty());
  }

  /** {@code [idle]}; zero for "never". */
  public record Idle(Duration after, Duration unloadAfter) {}

  /**
   * {@code [worker]}.
   *
   * @param engine empty where the slot's own command is the worker
   * @param lazy whether its model is loaded with the first request, not at its start
   * @param options handed to the engine as they are
   */
  public record Worker(
      String role, Optional<String> engine, boolean lazy, Map<String, Object> options) {}

  /** Whether {@code name} can be a slot's: the pattern, and not one of the API's own words. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals("stream") && !name.equals("events");
  }
}
