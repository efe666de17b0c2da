package hal0.app.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a JSON object that a client sent: strict, with bounds on depth and numbers. */
final class JsonIn {
  private static final int DEPTH = 32;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxNumberLength(400)
                  .maxNameLength(4096)
                  .build())
          .build();

  private JsonIn() {}

  /**
   * Reads one object, its keys in their order; values are maps, lists, String, Boolean, Long,
   * BigInteger, Double and null.
   *
   * @throws ProblemException 400 {@code request.invalid_json} with line and column, or {@code
   *     request.not_an_object}
   */
  static Map<String, Object> object(byte[] utf8) {
    String text = text(utf8);
    try (JsonParser parser = FACTORY.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        value(parser);
        end(parser);
        throw new ProblemException(
            Problem.of(
                Code.REQUEST_NOT_AN_OBJECT,
                "the body must be a JSON object such as {}, not " + word(first)));
      }
      Map<String, Object> object = object(parser);
      end(parser);
      return object;
    } catch (JsonProcessingException e) {
      throw invalid(e.getOriginalMessage(), e.getLocation());
    } catch (IOException e) {
      throw invalid(String.valueOf(e.getMessage()), null);
    }
  }

  private static String text(byte[] utf8) {
    boolean marked =
        utf8.length >= 3
            && utf8[0] == (byte) 0xEF
            && utf8[1] == (byte) 0xBB
            && utf8[2] == (byte) 0xBF;
    ByteBuffer bytes = marked ? ByteBuffer.wrap(utf8, 3, utf8.length - 3) : ByteBuffer.wrap(utf8);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException e) {
      throw invalid("it is not UTF-8", null);
    }
  }

  private static void end(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw invalid("something follows its end", parser.currentTokenLocation());
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw invalid("it is empty", parser.currentLocation());
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> string(parser, parser.getText());
      case VALUE_NUMBER_INT -> whole(parser);
      case VALUE_NUMBER_FLOAT -> fraction(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw invalid("a value is missing", parser.currentTokenLocation());
    };
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = string(parser, parser.currentName());
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> array = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  private static String string(JsonParser parser, String text) {
    if (!JsonOut.wellFormed(text).equals(text)) {
      throw invalid("half of a surrogate pair stands alone", parser.currentTokenLocation());
    }
    return text;
  }

  private static Object whole(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? parser.getBigIntegerValue()
        : (Object) parser.getLongValue();
  }

  private static Double fraction(JsonParser parser) throws IOException {
    double number = parser.getDoubleValue();
    if (!Double.isFinite(number)) {
      throw invalid("a number is too large", parser.currentTokenLocation());
    }
    return number;
  }

  private static String word(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      default -> "a number";
    };
  }

  private static ProblemException invalid(String why, JsonLocation at) {
    String reason = why.lines().findFirst().orElse("");
    if (at == null || at.getLineNr() < 1) {
      return new ProblemException(
          Problem.of(Code.REQUEST_INVALID_JSON, "the body is not valid JSON: " + reason));
    }
    String place = "line " + at.getLineNr() + ", column " + at.getColumnNr();
    return new ProblemException(
        Problem.of(
            Code.REQUEST_INVALID_JSON,
            "the body is not valid JSON: " + place + ": " + reason,
            Map.of("line", at.getLineNr(), "column", at.getColumnNr())));
  }
}
