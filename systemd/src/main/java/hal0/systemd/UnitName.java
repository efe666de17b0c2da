package hal0.systemd;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The full name of a systemd unit, such as {@code hal0-slot@chat.service}. Immutable.
 *
 * @param value the name with its suffix, as systemd writes it
 */
public record UnitName(String value) implements Comparable<UnitName> {
  /** What the name of every slot's unit begins with. */
  public static final String SLOT_PREFIX = "hal0-slot@";

  /** The template that every slot's unit is an instance of. */
  public static final UnitName SLOT_TEMPLATE = new UnitName(SLOT_PREFIX + ".service");

  /** All slots' units, as a pattern for {@code ListUnitsByPatterns}. */
  public static final String SLOT_PATTERN = SLOT_PREFIX + "*.service";

  private static final String SUFFIX = ".service";
  private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");

  /** Refuses null. */
  public UnitName {
    Objects.requireNonNull(value, "value");
  }

  /**
   * The unit of a slot.
   *
   * @throws IllegalArgumentException if the name is not {@code ^[a-z0-9][a-z0-9_-]{0,31}$}; such
   *     names need no escaping in a unit's name but for nothing, since systemd keeps "-" in an
   *     instance as it is
   */
  public static UnitName ofSlot(String slot) {
    if (!SLOT_NAME.matcher(slot).matches()) {
      throw new IllegalArgumentException("not a slot's name: " + slot);
    }
    return new UnitName(SLOT_PREFIX + slot + SUFFIX);
  }

  /**
   * The slot whose unit this is; empty for every other unit, and for an instance that no slot can
   * be called.
   */
  public Optional<String> slot() {
    if (!value.startsWith(SLOT_PREFIX) || !value.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String slot = value.substring(SLOT_PREFIX.length(), value.length() - SUFFIX.length());
    return SLOT_NAME.matcher(slot).matches() ? Optional.of(slot) : Optional.empty();
  }

  @Override
  public int compareTo(UnitName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
