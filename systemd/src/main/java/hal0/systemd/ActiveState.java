package hal0.systemd;

import java.util.Locale;

/** systemd's {@code ActiveState} of a unit (org.freedesktop.systemd1(5)). */
public enum ActiveState {
  ACTIVE,
  RELOADING,
  INACTIVE,
  FAILED,
  ACTIVATING,
  DEACTIVATING,
  MAINTENANCE;

  /**
   * Reads systemd's word; an unknown one (of a newer systemd) counts as {@link #ACTIVATING}:
   * neither up nor down.
   */
  public static ActiveState of(String word) {
    for (ActiveState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    return ACTIVATING;
  }

  /** systemd's own word for it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
