package hal0.app.worker.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the demo makes of text. */
final class Words {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final Pattern PIECE = Pattern.compile("\\s*\\S+\\s*");
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Words() {}

  /** Its words, in lower case. */
  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group().toLowerCase(Locale.ROOT));
    }
    return words;
  }

  /** The text cut between its words; joined, they are the text, unless that is blank. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    Matcher matcher = PIECE.matcher(text);
    while (matcher.find()) {
      pieces.add(matcher.group());
    }
    return pieces;
  }

  /** Each word adds or takes one at a place that its hash says; the sum is made one long. */
  static float[] vector(List<String> words, int dimensions) {
    float[] vector = new float[dimensions];
    for (String word : words) {
      long hash = hash(word);
      int place = (int) Long.remainderUnsigned(hash, dimensions);
      vector[place] += hash < 0 ? -1 : 1;
    }
    double square = 0;
    for (float one : vector) {
      square += (double) one * one;
    }
    if (square == 0) {
      // No words, or words that cancel out: some direction still has to be given.
      vector[0] = 1;
      return vector;
    }
    float length = (float) Math.sqrt(square);
    for (int i = 0; i < dimensions; i++) {
      vector[i] /= length;
    }
    return vector;
  }

  /** How many of the query's words are in the document, 0 to 1. */
  static double overlap(List<String> query, List<String> document) {
    Set<String> wanted = new HashSet<>(query);
    if (wanted.isEmpty()) {
      return 0;
    }
    Set<String> found = new HashSet<>(document);
    found.retainAll(wanted);
    return (double) found.size() / wanted.size();
  }

  private static long hash(String word) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < word.length(); i++) {
      hash = (hash ^ word.charAt(i)) * FNV_PRIME;
    }
    // FNV's upper bits are weak for short words.
    hash ^= hash >>> 32;
    return hash * FNV_PRIME;
  }
}
