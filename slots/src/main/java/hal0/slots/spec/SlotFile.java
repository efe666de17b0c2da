package hal0.slots.spec;

import java.util.List;
import java.util.Optional;

/**
 * One slot's file as it was read: usable, or with what is wrong with it. Immutable.
 *
 * @param name the slot, which is the file's stem
 * @param spec what it says; when empty, {@code problems} is not
 * @param problems everything that is wrong, by line; empty when usable
 */
public record SlotFile(String name, Optional<SlotSpec> spec, List<SpecProblem> problems) {
  /** A file that can be used. */
  public static SlotFile usable(SlotSpec spec) {
    return new SlotFile(spec.name(), Optional.of(spec), List.of());
  }

  /** A file that cannot. */
  public static SlotFile broken(String name, List<SpecProblem> problems) {
    return new SlotFile(name, Optional.empty(), List.copyOf(problems));
  }

  /** The problems as one text for people; empty when usable. */
  public Optional<String> error() {
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join("; ", problems.stream().map(SpecProblem::toString).toList()));
  }
}
