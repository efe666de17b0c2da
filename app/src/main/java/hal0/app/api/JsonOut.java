package hal0.app.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/**
 * Writes JSON straight to bytes. What cannot be said in UTF-8 is replaced, so that no text can
 * break an answer.
 */
public final class JsonOut {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** The smallest number with so many digits. */
  private static final int[] POWERS = {0, 1, 10, 100, 1000};

  private JsonOut() {}

  /** Writes one JSON value. */
  public interface Writer {
    /** Writes it. */
    void write(JsonGenerator json) throws IOException;
  }

  /** The value as UTF-8. */
  public static byte[] bytes(Writer value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      value.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("JSON could not be written", e);
    }
    return bytes.toByteArray();
  }

  /** A field of text; null where there is none. */
  public static void text(JsonGenerator json, String name, Optional<String> value)
      throws IOException {
    json.writeFieldName(name);
    if (value.isPresent()) {
      json.writeString(wellFormed(value.get()));
    } else {
      json.writeNull();
    }
  }

  /** A field of text; null where it is empty, which is how "none" is written inside hal0. */
  public static void textOrNull(JsonGenerator json, String name, String value) throws IOException {
    text(json, name, value.isEmpty() ? Optional.empty() : Optional.of(value));
  }

  /** A field with a moment: RFC 3339 in UTC with milliseconds. */
  public static void moment(JsonGenerator json, String name, Instant at) throws IOException {
    json.writeStringField(name, rfc3339(at));
  }

  /** A field with a moment: seconds since the epoch, as a number with milliseconds. */
  public static void seconds(JsonGenerator json, String name, Instant at) throws IOException {
    thousandths(json, name, at.toEpochMilli());
  }

  /** A field with a number that is given in thousandths, zero or more. */
  public static void thousandths(JsonGenerator json, String name, long value) throws IOException {
    StringBuilder text = new StringBuilder(20).append(value / 1000).append('.');
    padded(text, (int) (value % 1000), 3);
    json.writeFieldName(name);
    json.writeNumber(text.toString());
  }

  /**
   * RFC 3339 in UTC with milliseconds; a DateTimeFormatter would take ten times as long, and lists
   * have many.
   */
  static String rfc3339(Instant at) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(at.getEpochSecond(), at.getNano(), ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(24);
    padded(text, time.getYear(), 4).append('-');
    padded(text, time.getMonthValue(), 2).append('-');
    padded(text, time.getDayOfMonth(), 2).append('T');
    padded(text, time.getHour(), 2).append(':');
    padded(text, time.getMinute(), 2).append(':');
    padded(text, time.getSecond(), 2).append('.');
    return padded(text, time.getNano() / 1_000_000, 3).append('Z').toString();
  }

  private static StringBuilder padded(StringBuilder text, int number, int digits) {
    for (int power = POWERS[digits]; power > number && power > 1; power /= 10) {
      text.append('0');
    }
    return text.append(number);
  }

  /** A field with any JSON value. */
  public static void any(JsonGenerator json, String name, Object value) throws IOException {
    json.writeFieldName(name);
    any(json, value);
  }

  /**
   * Any JSON value: a map, a collection, text, a number, a truth, null, or an Optional of these.
   */
  public static void any(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(wellFormed(String.valueOf(entry.getKey())));
          any(json, entry.getValue());
        }
        json.writeEndObject();
      }
      case Iterable<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          any(json, element);
        }
        json.writeEndArray();
      }
      case Optional<?> optional -> any(json, optional.orElse(null));
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case BigDecimal number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.doubleValue());
      case Instant at -> json.writeString(rfc3339(at));
      default -> json.writeString(wellFormed(value.toString()));
    }
  }

  /** The text with every half of a surrogate pair replaced by U+FFFD. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(
            point ->
                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                    ? 0xFFFD
                    : point)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
