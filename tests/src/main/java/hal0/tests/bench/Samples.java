package hal0.tests.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Times of one thing, in milliseconds. For one thread. */
final class Samples {
  private final List<Double> sorted = new ArrayList<>();

  void add(double millis) {
    int at = Collections.binarySearch(sorted, millis);
    sorted.add(at < 0 ? -at - 1 : at, millis);
  }

  void addAll(Samples others) {
    others.sorted.forEach(this::add);
  }

  /** Adds the time since {@code begin}, of {@link System#nanoTime()}. */
  void since(long begin) {
    add((System.nanoTime() - begin) / 1e6);
  }

  double at(int percent) {
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "median %.3f ms, p95 %.3f, p99 %.3f, max %.2f (%d)",
        at(50),
        at(95),
        at(99),
        sorted.getLast(),
        sorted.size());
  }

  static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
