package hal0.app.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the path and the query of a URL apart: strictly, since a lenient reading is where tricks
 * hide.
 */
final class UrlText {
  private UrlText() {}

  /**
   * The segments of a raw path, each decoded by itself, so that {@code %2F} never separates and
   * {@code ..} never climbs.
   *
   * @throws ProblemException 400 if an escape is not valid
   */
  static List<String> segments(String rawPath) {
    List<String> segments = new ArrayList<>();
    int from = rawPath.startsWith("/") ? 1 : 0;
    while (true) {
      int slash = rawPath.indexOf('/', from);
      segments.add(
          decode(slash < 0 ? rawPath.substring(from) : rawPath.substring(from, slash), false));
      if (slash < 0) {
        return segments;
      }
      from = slash + 1;
    }
  }

  /**
   * The parameters of a raw query; of two with one name the first counts.
   *
   * @throws ProblemException 400 if an escape is not valid
   */
  static Map<String, String> query(String rawQuery) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (rawQuery == null || rawQuery.isEmpty()) {
      return parameters;
    }
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
      parameters.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1), true));
    }
    return parameters;
  }

  private static String decode(String raw, boolean plusIsSpace) {
    if (raw.indexOf('%') < 0 && (!plusIsSpace || raw.indexOf('+') < 0)) {
      return raw;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes.write(escaped(raw, i));
        i += 3;
      } else {
        int point = plusIsSpace && c == '+' ? ' ' : raw.codePointAt(i);
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(point);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw notValid();
    }
  }

  private static int escaped(String raw, int at) {
    if (at + 2 >= raw.length()) {
      throw notValid();
    }
    int high = Character.digit(raw.charAt(at + 1), 16);
    int low = Character.digit(raw.charAt(at + 2), 16);
    if (high < 0 || low < 0) {
      throw notValid();
    }
    return high << 4 | low;
  }

  private static ProblemException notValid() {
    return new ProblemException(
        Problem.of(Code.REQUEST_MALFORMED, "the URL has an escape (%) that is not valid UTF-8"));
  }
}
