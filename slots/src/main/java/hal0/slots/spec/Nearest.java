package hal0.slots.spec;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody meant to write. */
final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /** The word that is nearest to what was written, if one is near enough to be meant. */
  static Optional<String> of(String written, Collection<String> words) {
    if (written.isEmpty() || written.length() > LONGEST) {
      return Optional.empty();
    }
    String best = null;
    int least = Math.max(1, Math.min(3, written.length() / 3)) + 1;
    for (String word : words) {
      int distance = distance(plain(written), plain(word));
      if (distance < least) {
        least = distance;
        best = word;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Letters' case and the joint between words are what people mix up most. */
  private static String plain(String word) {
    return word.toLowerCase(java.util.Locale.ROOT).replace('-', '_').replace("_", "");
  }

  /** How many letters must be added, taken away, changed or swapped with their neighbour. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 ? j : j == 0 ? i : cheapest(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int cheapest(int[][] cost, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int least =
        Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
