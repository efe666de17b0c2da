package hal0.app.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the field {@code model} in a {@code multipart/form-data} body (RFC 7578) that arrives bit
 * by bit. It holds what it was fed. For one thread.
 */
final class FormModel {
  private static final Pattern NAME =
      Pattern.compile(
          "^content-disposition:.*?;\\s*name\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]+))",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final byte[] LINE = bytes("\r\n");
  private static final byte[] BLANK = bytes("\r\n\r\n");

  private enum Place {
    BEFORE,
    HEADERS,
    VALUE,
    END
  }

  private final byte[] delimiter;
  // The first delimiter may be the first line: a line's end before it makes it like the others.
  private byte[] data = LINE.clone();
  private int length = LINE.length;
  private int at;
  private int from;
  private Place place = Place.BEFORE;
  private boolean isModel;
  private Optional<String> model = Optional.empty();

  FormModel(String boundary) {
    delimiter = bytes("\r\n--" + boundary);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Takes the next bytes. */
  void feed(byte[] bytes) {
    if (length + bytes.length > data.length) {
      data = Arrays.copyOf(data, Math.max(2 * data.length, length + bytes.length));
    }
    System.arraycopy(bytes, 0, data, length, bytes.length);
    length += bytes.length;
    boolean more = true;
    while (more && model.isEmpty()) {
      more = step();
    }
  }

  /** The field's value, once all of it is there. */
  Optional<String> model() {
    return model;
  }

  /** Whether the form has ended. */
  boolean isOver() {
    return place == Place.END;
  }

  private boolean step() {
    return switch (place) {
      case BEFORE -> toHeaders();
      case HEADERS -> toValue();
      case VALUE -> toDelimiter();
      case END -> false;
    };
  }

  /** Over a delimiter and what is left of its line. */
  private boolean toHeaders() {
    int found = find(delimiter);
    if (found < 0) {
      return false;
    }
    int after = found + delimiter.length;
    if (length < after + 2) {
      from = found;
      return false;
    }
    if (data[after] == '-' && data[after + 1] == '-') {
      place = Place.END;
      return true;
    }
    at = after;
    from = after;
    int line = find(LINE);
    if (line < 0) {
      at = found;
      from = found;
      return false;
    }
    at = line;
    from = line;
    place = Place.HEADERS;
    return true;
  }

  private boolean toValue() {
    int end = find(BLANK);
    if (end < 0) {
      return false;
    }
    String headers = new String(data, at, end - at, StandardCharsets.UTF_8);
    Matcher name = NAME.matcher(headers);
    String field = !name.find() ? "" : name.group(1) != null ? name.group(1) : name.group(2);
    isModel = field.equals("model");
    at = end + BLANK.length;
    from = at;
    place = Place.VALUE;
    return true;
  }

  private boolean toDelimiter() {
    int end = find(delimiter);
    if (end < 0) {
      return false;
    }
    if (isModel) {
      model = Optional.of(new String(data, at, end - at, StandardCharsets.UTF_8).strip());
      return false;
    }
    at = end;
    from = end;
    place = Place.BEFORE;
    return true;
  }

  /** Where {@code wanted} begins, from {@code from} on; if nowhere, what was seen is remembered. */
  private int find(byte[] wanted) {
    int last = length - wanted.length;
    for (int i = from; i <= last; i++) {
      int same = 0;
      while (same < wanted.length && data[i + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return i;
      }
    }
    from = Math.max(from, last + 1);
    return -1;
  }
}
