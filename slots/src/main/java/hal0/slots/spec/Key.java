package hal0.slots.spec;

import java.util.List;
import java.util.Optional;

/**
 * One key that a file may have.
 *
 * @param path its parts, such as {@code probe}, {@code grace}
 * @param reading how its value is read
 * @param fallback its value when it is left out; empty where that has to be known
 */
record Key<T>(List<String> path, Reading<T> reading, Optional<T> fallback) {
  static <T> Key<T> of(String dotted, Reading<T> reading) {
    return new Key<>(List.of(dotted.split("\\.", -1)), reading, Optional.empty());
  }

  static <T> Key<T> of(String dotted, Reading<T> reading, T fallback) {
    return new Key<>(List.of(dotted.split("\\.", -1)), reading, Optional.of(fallback));
  }

  /** As it is written in messages. */
  String dotted() {
    return String.join(".", path);
  }
}
