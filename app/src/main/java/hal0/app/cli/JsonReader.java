package hal0.app.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON (RFC 8259) by recursive descent. For one text and one thread. */
final class JsonReader {
  /** The API nests five deep; what nests deeper is not the API and must not fill the stack. */
  private static final int MAX_DEPTH = 64;

  private final String text;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  /** The one value that the text is. */
  Object whole() throws IOException {
    Object value = value(0);
    if (next() != -1) {
      throw wrong("more than one value");
    }
    return value;
  }

  private Object value(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw wrong("nested too deep");
    }
    int c = next();
    return switch (c) {
      case '{' -> members(depth);
      case '[' -> elements(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  /** The next character that is no white space, not taken; -1 at the end. */
  private int next() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return c;
      }
      at++;
    }
    return -1;
  }

  private Map<String, Object> members(int depth) throws IOException {
    var map = new HashMap<String, Object>();
    at++;
    if (next() == '}') {
      at++;
      return map;
    }
    while (true) {
      if (next() != '"') {
        throw wrong("a key expected");
      }
      String key = string();
      if (next() != ':') {
        throw wrong("a colon expected");
      }
      at++;
      map.put(key, value(depth + 1));
      if (isLast('}')) {
        return map;
      }
    }
  }

  private List<Object> elements(int depth) throws IOException {
    var list = new ArrayList<Object>();
    at++;
    if (next() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value(depth + 1));
      if (isLast(']')) {
        return list;
      }
    }
  }

  /** Takes a comma, or the end. */
  private boolean isLast(char end) throws IOException {
    int c = next();
    if (c != ',' && c != end) {
      throw wrong("a comma or " + end + " expected");
    }
    at++;
    return c == end;
  }

  private String string() throws IOException {
    at++;
    int start = at;
    StringBuilder unescaped = null;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        String rest = text.substring(start, at - 1);
        return unescaped == null ? rest : unescaped.append(rest).toString();
      }
      if (c < ' ') {
        throw wrong("a control character in a string");
      }
      if (c == '\\') {
        unescaped = unescaped == null ? new StringBuilder() : unescaped;
        unescaped.append(text, start, at - 1).append(escaped());
        start = at;
      }
    }
    throw wrong("a string without an end");
  }

  private char escaped() throws IOException {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hexadecimal();
      default -> throw wrong("an unknown escape");
    };
  }

  private char hexadecimal() throws IOException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
      if (digit < 0) {
        throw wrong("four hexadecimal digits expected");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private Object word(String word, Object value) throws IOException {
    if (!text.startsWith(word, at)) {
      throw wrong("a value expected");
    }
    at += word.length();
    return value;
  }

  private Object number() throws IOException {
    int start = at;
    boolean whole = true;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      char c = text.charAt(at++);
      whole &= c != '.' && c != 'e' && c != 'E';
    }
    String number = text.substring(start, at);
    try {
      return whole && number.length() < 19
          ? (Object) Long.valueOf(number)
          : (Object) Double.valueOf(number);
    } catch (NumberFormatException notOne) {
      throw wrong("a value expected");
    }
  }

  private IOException wrong(String what) {
    return new IOException("not JSON at character " + at + ": " + what);
  }
}
