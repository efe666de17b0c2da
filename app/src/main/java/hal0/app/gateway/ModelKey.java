package hal0.app.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds the top-level key {@code model} in a JSON object that arrives bit by bit, without holding
 * any of it: values may be as long as they like. It looks at the structure only; whether all of it
 * is JSON is the upstream's to judge. For one thread.
 */
final class ModelKey {
  /** Longer ones are no model's names. */
  private static final int LONGEST = 4096;

  private static final JsonFactory FACTORY = new JsonFactory();

  /** What is known so far. */
  enum Outcome {
    /** Nothing yet. */
    OPEN,
    /** {@link #model()} is there. */
    FOUND,
    /** The key is there, and its value is no text, or a very long one. */
    NOT_TEXT,
    /** The object has ended without it, or this is no object. */
    NONE
  }

  private enum Place {
    START,
    KEY,
    COLON,
    VALUE,
    REST
  }

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private Outcome outcome = Outcome.OPEN;
  private Place place = Place.START;
  private String model = "";
  private int depth;
  private boolean inText;
  private boolean escaped;
  private boolean isModel;

  /** Takes the next bytes. */
  Outcome feed(byte[] bytes) {
    for (int i = 0; i < bytes.length && outcome == Outcome.OPEN; i++) {
      if (inText) {
        inText(bytes[i]);
      } else {
        between(bytes[i]);
      }
    }
    return outcome;
  }

  /** The value that was found. */
  String model() {
    return model;
  }

  private void inText(byte next) {
    keep(next);
    if (escaped) {
      escaped = false;
    } else if (next == '\\') {
      escaped = true;
    } else if (next == '"') {
      inText = false;
      textEnded();
    }
  }

  private void keep(byte next) {
    if (isWanted() && text.size() <= LONGEST) {
      text.write(next);
    }
  }

  private boolean isWanted() {
    return depth == 1 && (place == Place.KEY || place == Place.VALUE && isModel);
  }

  private void textEnded() {
    if (!isWanted()) {
      return;
    }
    Optional<String> read = text.size() > LONGEST ? Optional.empty() : decoded();
    text.reset();
    if (place == Place.KEY) {
      isModel = read.filter("model"::equals).isPresent();
      place = Place.COLON;
    } else if (read.isEmpty()) {
      outcome = Outcome.NOT_TEXT;
    } else {
      model = read.get();
      outcome = Outcome.FOUND;
    }
  }

  private Optional<String> decoded() {
    try (JsonParser parser = FACTORY.createParser(text.toByteArray())) {
      return parser.nextToken() == JsonToken.VALUE_STRING
          ? Optional.of(parser.getText())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void between(byte next) {
    if (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
      return;
    }
    if (place == Place.START) {
      outcome = next == '{' ? Outcome.OPEN : Outcome.NONE;
      place = Place.KEY;
      depth = 1;
      return;
    }
    if (depth == 1 && place == Place.VALUE && isModel && next != '"') {
      // null is as good as no key at all.
      outcome = next == 'n' ? Outcome.OPEN : Outcome.NOT_TEXT;
      isModel = false;
      place = Place.REST;
      return;
    }
    structure(next);
  }

  private void structure(byte next) {
    switch (next) {
      case '"' -> {
        inText = true;
        keep(next);
      }
      case '{', '[' -> depth++;
      case '}', ']' -> {
        depth--;
        outcome = depth <= 0 ? Outcome.NONE : outcome;
      }
      case ':' -> place = depth == 1 ? Place.VALUE : place;
      case ',' -> place = depth == 1 ? Place.KEY : place;
      default -> {
        // A number or a word: it has no structure.
      }
    }
  }
}
