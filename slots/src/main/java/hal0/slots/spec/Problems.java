package hal0.slots.spec;

import hal0.slots.toml.TomlText;
import hal0.slots.toml.TomlWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with one file, as it is found. For one thread. */
final class Problems {
  /** More are counted, not told. */
  static final int TOLD = 100;

  private final List<SpecProblem> found = new ArrayList<>();

  void add(String key, int line, String message) {
    found.add(new SpecProblem(key, line, message));
  }

  void addAll(Problems others) {
    found.addAll(others.found);
  }

  /** Names every key and table that is given twice. */
  void addRepeats(TomlText text) {
    for (TomlText.Repeat repeat : text.repeats()) {
      add(
          shortened(TomlWriter.key(repeat.path())),
          repeat.line(),
          "is given already, in line " + repeat.firstLine());
    }
  }

  private static String shortened(String key) {
    return key.length() <= 200 ? key : key.substring(0, 200) + "…";
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  boolean has(String key) {
    return found.stream().anyMatch(problem -> problem.key().equals(key));
  }

  /** By line; those without one first. */
  List<SpecProblem> sorted() {
    List<SpecProblem> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(SpecProblem::line));
    if (sorted.size() <= TOLD) {
      return List.copyOf(sorted);
    }
    int more = sorted.size() - (TOLD - 1);
    List<SpecProblem> told = new ArrayList<>(sorted.subList(0, TOLD - 1));
    told.add(
        new SpecProblem(
            "", sorted.get(TOLD - 1).line(), "and " + more + " more problems from here on"));
    return List.copyOf(told);
  }
}
