package hal0.slots;

import java.util.Optional;

/**
 * What is asked of a slot. Immutable.
 *
 * @param model the model that is named; empty for the slot's own
 * @param by who asks, for people: "127.0.0.1 with curl/8"; empty where nobody in particular does
 */
public record Order(Verb verb, String slot, Optional<String> model, String by) {
  /** What to do. */
  public enum Verb {
    LOAD,
    UNLOAD,
    RESTART,
    SWAP;

    /** The lower-case word for it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Load it, with its own model or another. */
  public static Order load(String slot, Optional<String> model) {
    return new Order(Verb.LOAD, slot, model, "");
  }

  /** Unload it. */
  public static Order unload(String slot) {
    return new Order(Verb.UNLOAD, slot, Optional.empty(), "");
  }

  /** Unload it, then load what was loaded. */
  public static Order restart(String slot) {
    return new Order(Verb.RESTART, slot, Optional.empty(), "");
  }

  /** Unload it, then load that model. */
  public static Order swap(String slot, String model) {
    return new Order(Verb.SWAP, slot, Optional.of(model), "");
  }

  /** The same, asked by somebody. */
  public Order by(String who) {
    return new Order(verb, slot, model, who);
  }

  /** For people: "load of qwen3-4b by 127.0.0.1". */
  public String told() {
    return verb.word()
        + model.map(id -> (verb == Verb.SWAP ? " to " : " of ") + id).orElse("")
        + (by.isEmpty() ? "" : " by " + by);
  }
}
