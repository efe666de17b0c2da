package hal0.slots.unit;

import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SlotSpec.Runtime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a slot runs, with every placeholder replaced and nothing quoted yet. Immutable.
 *
 * @param modelId the model to load; empty for none
 * @param program in a container: in place of the image's entry point
 * @param mount the model's path, where it is used but no volume of the slot's brings it into the
 *     container
 */
record Launch(
    SlotSpec spec,
    Optional<String> modelId,
    Optional<String> program,
    List<String> arguments,
    SortedMap<String, String> env,
    List<String> volumes,
    Optional<String> mount) {

  static Launch of(SlotSpec spec, Optional<String> modelId, Optional<String> modelPath)
      throws SlotException {
    Placeholders places = new Placeholders(spec, modelId, modelPath);
    ProviderCommands.Own command = command(spec, modelId, places);
    TreeMap<String, String> env = new TreeMap<>();
    for (Map.Entry<String, String> entry : spec.run().env().entrySet()) {
      env.put(entry.getKey(), places.fill(entry.getValue()));
    }
    boolean inside = places.isPathUsed();
    List<String> volumes = fill(spec.run().volumes(), places);
    Optional<String> mount =
        modelPath.filter(path -> inside && volumes.stream().noneMatch(v -> brings(v, path)));
    return new Launch(spec, modelId, command.program(), command.arguments(), env, volumes, mount);
  }

  private static ProviderCommands.Own command(
      SlotSpec spec, Optional<String> modelId, Placeholders places) throws SlotException {
    if (spec.run().command().isEmpty()) {
      return ProviderCommands.of(spec, modelId, places);
    }
    List<String> words = fill(spec.run().command().get(), places);
    return spec.run().runtime() == Runtime.EXEC && !words.isEmpty()
        ? new ProviderCommands.Own(Optional.of(words.getFirst()), words.subList(1, words.size()))
        : new ProviderCommands.Own(Optional.empty(), words);
  }

  private static List<String> fill(List<String> texts, Placeholders places)
      throws SlotException.UnknownModel {
    List<String> filled = new ArrayList<>();
    for (String text : texts) {
      filled.add(places.fill(text));
    }
    return filled;
  }

  /** Whether a volume ({@code from:to[:options]}) puts something at {@code path} or above it. */
  private static boolean brings(String volume, String path) {
    int first = volume.indexOf(':');
    if (first < 0) {
      return false;
    }
    int second = volume.indexOf(':', first + 1);
    String to = volume.substring(first + 1, second < 0 ? volume.length() : second);
    return path.equals(to) || path.startsWith(to.endsWith("/") ? to : to + "/");
  }
}
