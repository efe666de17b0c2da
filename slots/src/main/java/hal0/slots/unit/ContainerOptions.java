package hal0.slots.unit;

import hal0.slots.pull.Want;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What podman and docker are told alike. Every word is quoted for a unit. */
final class ContainerOptions {
  /** A model in several files: the server is given the first and opens the others beside it. */
  private static final Pattern SPLIT_MODEL =
      Pattern.compile("(.*)/[^/]*-[0-9]{5}-of-[0-9]{5}\\.gguf");

  private ContainerOptions() {}

  /** The container's name; there is one for each slot. */
  static String name(SlotSpec spec) {
    return "hal0-slot-" + spec.name();
  }

  /** Options that come before the image. */
  static List<String> common(Launch launch, Host host) {
    List<String> words = new ArrayList<>();
    words.add("--name=" + name(launch.spec()));
    words.add("--rm");
    // Without it a server that has no handler yet ignores SIGTERM, since it is process 1.
    words.add("--init");
    words.add("--network=host");
    words.add("--security-opt=no-new-privileges");
    if (launch.spec().provider() == Provider.VLLM) {
      // Its worker processes share tensors; the 64 MB of a container's own /dev/shm are too few.
      words.add("--ipc=host");
    }
    launch.spec().run().devices().stream()
        .filter(device -> isPresent(device, host))
        .forEach(device -> words.add(option("--device", device)));
    launch.volumes().forEach(volume -> words.add(option("--volume", volume)));
    launch.mount().ifPresent(path -> words.add(option("--mount", mount(path))));
    launch.env().forEach((key, value) -> words.add(option("--env", key + "=" + value)));
    launch.program().ifPresent(program -> words.add(option("--entrypoint", program)));
    return words;
  }

  /** A start never waits for a registry: what is missing was fetched before it, or is said. */
  static String pull(Launch launch) {
    String image = launch.spec().run().image().orElseThrow();
    return Want.Image.isOfRegistry(image) ? "--pull=never" : "--pull=missing";
  }

  /** The image and what follows it. */
  static List<String> image(Launch launch) {
    List<String> words = new ArrayList<>();
    words.add(UnitFile.quote(launch.spec().run().image().orElseThrow()));
    launch.arguments().forEach(argument -> words.add(UnitFile.quote(argument)));
    return words;
  }

  /** One word for each line, so that a person can read it. */
  static String lines(String program, List<String> options, List<String> image) {
    return program
        + " \\\n  "
        + String.join(" \\\n  ", options)
        + " \\\n  "
        + String.join(" ", image);
  }

  private static String option(String key, String value) {
    return UnitFile.quote(key + "=" + value);
  }

  /**
   * {@code from[:to[:permissions]]}; what is no path, such as {@code nvidia.com/gpu=all}, is for
   * the runtime to find.
   */
  private static boolean isPresent(String device, Host host) {
    int colon = device.indexOf(':');
    return !device.startsWith("/")
        || host.isPresent().test(colon < 0 ? device : device.substring(0, colon));
  }

  /** The option is comma-separated, with the quotes of CSV. */
  private static String mount(String path) {
    var split = SPLIT_MODEL.matcher(path);
    String shared = split.matches() && !split.group(1).isEmpty() ? split.group(1) : path;
    return "type=bind," + csv("source=" + shared) + "," + csv("target=" + shared) + ",readonly";
  }

  private static String csv(String field) {
    boolean plain = field.indexOf(',') < 0 && field.indexOf('"') < 0 && field.indexOf('\n') < 0;
    return plain ? field : "\"" + field.replace("\"", "\"\"") + "\"";
  }
}
