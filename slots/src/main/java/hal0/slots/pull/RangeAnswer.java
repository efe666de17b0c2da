package hal0.slots.pull;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer's head says of the bytes that follow. Pure.
 *
 * @param from where in the file they begin
 * @param total how long the whole file is; empty where it is not said
 */
record RangeAnswer(long from, OptionalLong total) {
  private static final Pattern RANGE =
      Pattern.compile("bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes\\s+\\*/(\\d{1,18})");

  /** Of a whole file. */
  static RangeAnswer whole(String contentLength) {
    return new RangeAnswer(0, number(contentLength));
  }

  /**
   * Of a part.
   *
   * @param contentRange the header {@code Content-Range}
   * @return empty if it is not what was asked for, or makes no sense
   */
  static java.util.Optional<RangeAnswer> part(String contentRange, long asked) {
    Matcher range = RANGE.matcher(contentRange);
    if (!range.matches()) {
      return java.util.Optional.empty();
    }
    long first = Long.parseLong(range.group(1));
    long last = Long.parseLong(range.group(2));
    OptionalLong total = number(range.group(3));
    boolean sane = first == asked && last >= first;
    // A part that does not reach the end is followed by another request.
    boolean fits = total.isEmpty() || last < total.getAsLong();
    return sane && fits
        ? java.util.Optional.of(new RangeAnswer(first, total))
        : java.util.Optional.empty();
  }

  /** How long the file is of which nothing was left to send (416); empty where it is not said. */
  static OptionalLong unsatisfied(String contentRange) {
    Matcher range = UNSATISFIED.matcher(contentRange);
    return range.matches() ? number(range.group(1)) : OptionalLong.empty();
  }

  private static OptionalLong number(String text) {
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }
}
