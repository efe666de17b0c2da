package hal0.slots.lifecycle;

import java.util.Locale;
import java.util.Optional;

/** The nine states of a slot. */
public enum SlotState {
  OFFLINE,
  PULLING,
  STARTING,
  WARMING,
  READY,
  SERVING,
  IDLE,
  UNLOADING,
  ERROR;

  /** Reads the word that records and the API use. */
  public static Optional<SlotState> of(String word) {
    for (SlotState state : values()) {
      if (state.word().equals(word)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /** The lower-case word that records and the API use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the slot is loaded: {@code ready}, {@code serving} or {@code idle}. */
  public boolean isLive() {
    return this == READY || this == SERVING || this == IDLE;
  }

  /** Whether a load is under way: {@code pulling}, {@code starting} or {@code warming}. */
  public boolean isLoading() {
    return this == PULLING || this == STARTING || this == WARMING;
  }
}
