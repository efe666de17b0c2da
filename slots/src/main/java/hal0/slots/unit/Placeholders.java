package hal0.slots.unit;

import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code {name}}, {@code {port}}, {@code {model}} and {@code {model_path}}; other braces
 * stay, and so do those in what was put in. Remembers whether the model's path was asked for. For
 * one thread.
 */
final class Placeholders {
  private static final Pattern PLACE = Pattern.compile("\\{(name|port|model|model_path)}");

  private final SlotSpec spec;
  private final Optional<String> modelId;
  private final Optional<String> modelPath;
  private boolean pathUsed;

  Placeholders(SlotSpec spec, Optional<String> modelId, Optional<String> modelPath) {
    this.spec = spec;
    this.modelId = modelId;
    this.modelPath = modelPath;
  }

  String fill(String text) throws SlotException.UnknownModel {
    Matcher matcher = PLACE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value(matcher.group(1))));
    }
    return matcher.appendTail(filled).toString();
  }

  /** The path of the model, which is needed. */
  String modelPath() throws SlotException.UnknownModel {
    pathUsed = true;
    return modelPath.orElseThrow(this::unknown);
  }

  /** The path of the model where there is one. */
  Optional<String> modelPathIfAny() {
    pathUsed |= modelPath.isPresent();
    return modelPath;
  }

  /** Whether the model's path is part of what was filled so far. */
  boolean isPathUsed() {
    return pathUsed;
  }

  private String value(String place) throws SlotException.UnknownModel {
    return switch (place) {
      case "name" -> spec.name();
      case "port" -> Integer.toString(spec.port());
      case "model" -> modelId.orElse("");
      default -> modelPath();
    };
  }

  private SlotException.UnknownModel unknown() {
    String slot = spec.name();
    if (modelId.isEmpty()) {
      return new SlotException.UnknownModel(
          slot,
          "",
          slot
              + ": its command needs a model's path: write default and path under [model] in slots/"
              + slot
              + ".toml");
    }
    String model = modelId.get();
    String own =
        modelId.equals(spec.model().id()) ? ", or under [model] in slots/" + slot + ".toml" : "";
    return new SlotException.UnknownModel(
        slot,
        model,
        slot
            + ": the model \""
            + model
            + "\" has no path: write path = \"…\" under [models.\""
            + model
            + "\"] in models.toml"
            + own);
  }
}
