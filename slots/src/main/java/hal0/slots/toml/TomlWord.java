package hal0.slots.toml;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values that stand without quotes: numbers, true and false, dates. */
final class TomlWord {
  /** Longer ones are no number that anybody means; it bounds the work of the patterns too. */
  static final int MAX_LENGTH = 128;

  private static final Pattern DECIMAL = Pattern.compile("[+-]?(?:0|[1-9](?:_?[0-9])*)");
  private static final Pattern RADIX =
      Pattern.compile("0(?:x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|o[0-7](?:_?[0-7])*|b[01](?:_?[01])*)");
  private static final Pattern REAL =
      Pattern.compile(
          "[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?");
  private static final Pattern NOT_FINITE = Pattern.compile("[+-]?(?:inf|nan)");
  private static final Pattern DATE =
      Pattern.compile(
          "(?:([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ](?=[0-9])|$))?"
              + "(?:([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?)([Zz]|[+-][0-9]{2}:[0-9]{2})?)?");

  private TomlWord() {}

  /** Reads a word; empty when it is none of TOML's. */
  static Optional<TomlNode> read(String word, int line) {
    if (word.isEmpty() || word.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (word.equals("true") || word.equals("false")) {
      return Optional.of(new TomlNode.Flag(word.equals("true"), line));
    }
    String digits = word.replace("_", "");
    if (DECIMAL.matcher(word).matches()) {
      return Optional.of(whole(new BigInteger(digits), line));
    }
    if (RADIX.matcher(word).matches()) {
      int radix = word.charAt(1) == 'x' ? 16 : word.charAt(1) == 'o' ? 8 : 2;
      return Optional.of(whole(new BigInteger(digits.substring(2), radix), line));
    }
    if (REAL.matcher(word).matches()) {
      double value = Double.parseDouble(digits);
      return Optional.of(
          Double.isFinite(value) ? new TomlNode.Real(value, line) : outOfRange(line));
    }
    if (NOT_FINITE.matcher(word).matches()) {
      return Optional.of(new TomlNode.Odd(word.substring(word.length() - 3), line));
    }
    return isDate(word) ? Optional.of(new TomlNode.Odd("a date or time", line)) : Optional.empty();
  }

  private static TomlNode whole(BigInteger value, int line) {
    return value.bitLength() < Long.SIZE
        ? new TomlNode.Whole(value.longValue(), line)
        : outOfRange(line);
  }

  private static TomlNode outOfRange(int line) {
    return new TomlNode.Odd("a number out of range", line);
  }

  private static boolean isDate(String word) {
    Matcher parts = DATE.matcher(word);
    if (!parts.matches() || (parts.group(1) == null && parts.group(3) != null)) {
      return false;
    }
    try {
      if (parts.group(1) != null) {
        LocalDate.parse(parts.group(1));
      }
      if (parts.group(2) != null) {
        String time = parts.group(2);
        LocalTime.parse(time.length() > 18 ? time.substring(0, 18) : time);
      }
      if (parts.group(3) != null) {
        ZoneOffset.of(parts.group(3).toUpperCase(Locale.ROOT));
      }
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
