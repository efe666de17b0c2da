package hal0.slots.spec;

import hal0.slots.toml.TomlNode;
import java.util.Optional;
import java.util.function.Function;

/** Turns a value of a file into what it means. */
@FunctionalInterface
interface Reading<T> {
  /**
   * Reads a value.
   *
   * @param key the value's dotted key, for problems
   * @return empty if something is wrong, which then was added to {@code problems}
   */
  Optional<T> read(String key, TomlNode node, Problems problems);

  /**
   * Adds a check to a reading.
   *
   * @param fault says what is wrong with a value; "" for nothing
   */
  default Reading<T> then(Function<T, String> fault) {
    return (key, node, problems) -> {
      Optional<T> value = read(key, node, problems);
      String message = value.map(fault).orElse("");
      if (message.isEmpty()) {
        return value;
      }
      problems.add(key, node.line(), message);
      return Optional.empty();
    };
  }

  /** Makes something else of a value that was read well. */
  default <U> Reading<U> as(Function<T, U> meaning) {
    return (key, node, problems) -> read(key, node, problems).map(meaning);
  }
}
