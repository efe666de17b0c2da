package hal0.slots.spec;

import hal0.slots.toml.TomlNode;
import hal0.slots.toml.TomlWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the values of files are read. Limits are generous: they bound memory, not use. */
final class Readings {
  /** Bytes of a text of one line. */
  static final int MAX_LINE = 4096;

  /** Bytes of an argument or a variable's value: Linux takes no argument above 128 KiB. */
  static final int MAX_ARGUMENT = 64 * 1024;

  private static final int MAX_ITEMS = 1024;
  private static final Duration LONGEST = Duration.ofHours(8760);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,15})(ms|s|m|h)");
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,18})([KMGTP]?)");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Readings() {}

  static Reading<Boolean> flag() {
    return (key, node, problems) ->
        node instanceof TomlNode.Flag flag
            ? Optional.of(flag.value())
            : wrong(
                key, node, problems, "must be true or false, without quotes, not " + kind(node));
  }

  static Reading<Integer> whole(int least, int most) {
    String range = "must be a whole number from " + least + " to " + most;
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Whole whole)) {
        return wrong(key, node, problems, range + ", not " + kind(node));
      }
      return whole.value() >= least && whole.value() <= most
          ? Optional.of((int) whole.value())
          : wrong(key, node, problems, range + ", not " + whole.value());
    };
  }

  /** Text on one line. */
  static Reading<String> line() {
    return text(MAX_LINE)
        .then(
            value ->
                value.chars().anyMatch(c -> c < 0x20 || c == 0x7f)
                    ? "must be one line without control characters"
                    : "");
  }

  /** Text on one line that a pattern describes. */
  static Reading<String> matching(Pattern pattern, String must) {
    return line()
        .then(
            value ->
                pattern.matcher(value).matches()
                    ? ""
                    : must + ", not " + TomlWriter.shortened(value));
  }

  /** Text that may hold every character but NUL, which no process can be given. */
  static Reading<String> text(int maxBytes) {
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Text text)) {
        return wrong(key, node, problems, "must be text in quotes, not " + kind(node));
      }
      String fault = textFault(text.value(), maxBytes);
      return fault.isEmpty() ? Optional.of(text.value()) : wrong(key, node, problems, fault);
    };
  }

  private static String textFault(String value, int maxBytes) {
    if (value.indexOf('\0') >= 0) {
      return "holds a NUL character, which cannot be passed on";
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      return "holds half of a character (a lone surrogate)";
    }
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    return bytes > maxBytes
        ? "is " + bytes + " bytes long; at most " + maxBytes + " are allowed"
        : "";
  }

  /** A path from the root. */
  static Reading<String> path() {
    return line()
        .then(
            value ->
                value.startsWith("/")
                    ? ""
                    : "must begin with /, not be " + TomlWriter.shortened(value));
  }

  /** A number and its unit, such as 3s. */
  static Reading<Duration> duration(boolean zeroAllowed) {
    String must = "must be text such as \"250ms\", \"3s\", \"2m\" or \"1h\"";
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Text text)) {
        return wrong(key, node, problems, must + ", not " + kind(node));
      }
      Matcher parts = DURATION.matcher(text.value());
      if (!parts.matches()) {
        return wrong(key, node, problems, must + ", not " + TomlWriter.shortened(text.value()));
      }
      Optional<Duration> value = inRange(Long.parseLong(parts.group(1)), parts.group(2));
      if (value.isEmpty()) {
        return wrong(key, node, problems, "must be at most " + LONGEST.toHours() + "h");
      }
      return zeroAllowed || !value.get().isZero()
          ? value
          : wrong(key, node, problems, "must be longer than zero");
    };
  }

  private static Optional<Duration> inRange(long count, String unit) {
    long millis =
        switch (unit) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          default -> 3_600_000;
        };
    return count <= LONGEST.toMillis() / millis
        ? Optional.of(Duration.ofMillis(count * millis))
        : Optional.empty();
  }

  /** A number of bytes such as 16G; K, M, G, T and P are powers of 1024. */
  static Reading<Long> bytes() {
    String must = "must be text such as \"512M\" or \"16G\"";
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Text text)) {
        return wrong(key, node, problems, must + ", not " + kind(node));
      }
      Matcher parts = BYTES.matcher(text.value());
      if (!parts.matches()) {
        return wrong(key, node, problems, must + ", not " + TomlWriter.shortened(text.value()));
      }
      int power = parts.group(2).isEmpty() ? 0 : "KMGTP".indexOf(parts.group(2)) + 1;
      BigInteger value = new BigInteger(parts.group(1)).shiftLeft(10 * power);
      if (value.bitLength() >= Long.SIZE) {
        return wrong(key, node, problems, "is more than any machine has");
      }
      return value.signum() > 0
          ? Optional.of(value.longValue())
          : wrong(key, node, problems, "must be above zero");
    };
  }

  /** One of a few words. */
  static <T> Reading<T> oneOf(List<String> words, Function<String, Optional<T>> meaning) {
    String must = "must be one of " + String.join(", ", words);
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Text text)) {
        return wrong(key, node, problems, must + " in quotes, not " + kind(node));
      }
      Optional<T> value = meaning.apply(text.value());
      if (value.isPresent()) {
        return value;
      }
      String near =
          Nearest.of(text.value(), words)
              .map(word -> "; did you mean \"" + word + "\"?")
              .orElse("");
      return wrong(
          key, node, problems, must + ", not " + TomlWriter.shortened(text.value()) + near);
    };
  }

  static <T> Reading<List<T>> list(Reading<T> item) {
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Array array)) {
        return wrong(key, node, problems, "must be a list in [ ], not " + kind(node));
      }
      if (array.items().size() > MAX_ITEMS) {
        return wrong(key, node, problems, "has more than " + MAX_ITEMS + " items");
      }
      List<T> values = new ArrayList<>();
      for (int i = 0; i < array.items().size(); i++) {
        item.read(key + "[" + i + "]", array.items().get(i), problems).ifPresent(values::add);
      }
      return values.size() == array.items().size()
          ? Optional.of(List.copyOf(values))
          : Optional.empty();
    };
  }

  /** Variables of the environment. */
  static Reading<Map<String, String>> environment() {
    Reading<String> value = text(MAX_ARGUMENT);
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Table table)) {
        return wrong(
            key,
            node,
            problems,
            "must be a table of texts such as { KEY = \"value\" }, not " + kind(node));
      }
      if (table.entries().size() > MAX_ITEMS) {
        return wrong(key, node, problems, "has more than " + MAX_ITEMS + " variables");
      }
      Map<String, String> values = new LinkedHashMap<>();
      table
          .entries()
          .forEach(
              (name, text) -> {
                String path = key + "." + shownKey(name);
                if (!VARIABLE.matcher(name).matches() || name.length() > MAX_LINE) {
                  problems.add(
                      path,
                      text.line(),
                      "a variable's name has letters, digits and _ only, and no digit first");
                } else {
                  value.read(path, text, problems).ifPresent(read -> values.put(name, read));
                }
              });
      return values.size() == table.entries().size()
          ? Optional.of(java.util.Collections.unmodifiableMap(values))
          : Optional.empty();
    };
  }

  /** A variable's name, or "" for none. */
  static Reading<String> variableOrNone() {
    return line()
        .then(
            value ->
                value.isEmpty() || VARIABLE.matcher(value).matches()
                    ? ""
                    : "must be the name of a variable: letters, digits and _ only, and no digit"
                        + " first");
  }

  /** Whatever JSON can say, as plain Java values. */
  static Reading<Map<String, Object>> anything() {
    return (key, node, problems) -> {
      if (!(node instanceof TomlNode.Table table)) {
        return wrong(key, node, problems, "must be a table, not " + kind(node));
      }
      boolean[] sound = {true};
      table
          .entries()
          .forEach(
              (name, value) -> sound[0] &= isPlain(key + "." + shownKey(name), value, problems));
      return sound[0]
          ? Optional.of(java.util.Collections.unmodifiableMap(TomlNode.plainMap(table)))
          : Optional.empty();
    };
  }

  private static boolean isPlain(String key, TomlNode node, Problems problems) {
    boolean sound = true;
    switch (node) {
      case TomlNode.Text _ -> sound = text(MAX_ARGUMENT).read(key, node, problems).isPresent();
      case TomlNode.Odd odd -> {
        wrong(key, node, problems, "cannot be passed on: " + odd.what());
        sound = false;
      }
      case TomlNode.Array array -> {
        for (int i = 0; i < array.items().size(); i++) {
          sound &= isPlain(key + "[" + i + "]", array.items().get(i), problems);
        }
      }
      case TomlNode.Table table -> {
        for (Map.Entry<String, TomlNode> entry : table.entries().entrySet()) {
          sound &= isPlain(key + "." + shownKey(entry.getKey()), entry.getValue(), problems);
        }
      }
      case TomlNode.Whole _, TomlNode.Real _, TomlNode.Flag _ -> {}
    }
    return sound;
  }

  /** A key that a person chose, for a message. */
  static String shownKey(String name) {
    String shown = TomlWriter.key(List.of(name));
    return shown.length() <= 80 ? shown : TomlWriter.shortened(name);
  }

  /** What a value is, in words for people. */
  static String kind(TomlNode node) {
    return switch (node) {
      case TomlNode.Text text -> "the text " + TomlWriter.shortened(text.value());
      case TomlNode.Whole whole -> "the number " + whole.value();
      case TomlNode.Real real -> "the number " + real.value();
      case TomlNode.Flag flag -> String.valueOf(flag.value());
      case TomlNode.Array _ -> "a list";
      case TomlNode.Table _ -> "a table";
      case TomlNode.Odd odd -> odd.what();
    };
  }

  private static <T> Optional<T> wrong(
      String key, TomlNode node, Problems problems, String message) {
    problems.add(key, node.line(), message);
    return Optional.empty();
  }
}
