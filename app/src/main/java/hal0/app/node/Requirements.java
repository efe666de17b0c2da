package hal0.app.node;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which slots the node's readiness depends on: those that are enabled, those whose file cannot be
 * used, and those that {@code hal0.toml} names. Immutable.
 */
public final class Requirements {
  private final Set<String> named;
  private final Predicate<String> hasFile;

  /**
   * @param named further slots that are required, be there such slots or not
   * @param hasFile whether a slot that cannot be used has a file at all: a unit that runs without
   *     one is nobody's requirement
   */
  public Requirements(List<String> named, Predicate<String> hasFile) {
    this.named = Set.copyOf(named);
    this.hasFile = hasFile;
  }

  /**
   * The required ones among these, and the named ones that are not there, by name.
   *
   * @param settled names of the slots that have come to rest since the daemon's start
   */
  List<Readiness.Required> of(List<SlotView> views, Set<String> settled) {
    Map<String, Readiness.Required> required = new TreeMap<>();
    for (SlotView view : views) {
      if (isRequired(view)) {
        required.put(
            view.name(),
            new Readiness.Required(
                view.name(), shown(view), settled.contains(view.name()), view.isAvailable()));
      }
    }
    for (String name : new TreeSet<>(named)) {
      required.putIfAbsent(name, new Readiness.Required(name, "no such slot", true, false));
    }
    return List.copyOf(required.values());
  }

  private boolean isRequired(SlotView view) {
    return named.contains(view.name())
        || view.spec().filter(SlotSpec::enabled).isPresent()
        || (view.configError().isPresent() && hasFile.test(view.name()));
  }

  private static String shown(SlotView view) {
    return view.configError().isPresent()
        ? view.state().word() + ", its file cannot be used"
        : view.state().word();
  }

  /**
   * Whether a slot, as it is now, has come to rest: it was looked at, nothing is under way, and
   * what was found live has shown that it serves.
   */
  static boolean isOutcome(SlotView view) {
    if (view.stale() || view.observedAt().isEmpty()) {
      return false;
    }
    return switch (view.state()) {
      case PULLING, STARTING, WARMING, UNLOADING -> false;
      case ERROR -> true;
      // Its unit may run: then it is about to be adopted, unless a probe has spoken against that.
      case OFFLINE -> view.unit().filter(UnitStatus::isUp).isEmpty() || view.probe().isPresent();
      case READY, SERVING -> view.routable() || view.reason() == Reason.DRAINING;
      case IDLE -> view.routable() || view.probe().isPresent();
    };
  }
}
