package hal0.slots.reconcile;

import hal0.slots.lifecycle.SlotState;
import hal0.slots.pull.Progress;
import hal0.slots.pull.PullException;
import hal0.slots.pull.Pulls;
import hal0.slots.pull.Want;
import hal0.slots.spec.SlotSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one slot's load has to have before its unit is started: looks for it, has it fetched, gives
 * it up. Results come back through the slot's mailbox. For the slot's loop only.
 */
final class Provisions {
  private static final System.Logger LOG = System.getLogger(Provisions.class.getName());

  private final SlotLoop loop;
  private final Pulls pulls;
  private boolean surveying;
  private Optional<Pulls.Pull> pull = Optional.empty();
  private Optional<Progress> progress = Optional.empty();

  /** Another for each pull, so that a word of one that was given up is known as such. */
  private int number;

  Provisions(SlotLoop loop, Pulls pulls) {
    this.loop = loop;
    this.pulls = pulls;
  }

  /** How far the present pull is; empty when there is none. */
  Optional<Progress> progress() {
    return progress;
  }

  /** What the planner has to know. */
  Facts.Fetch facts() {
    return new Facts.Fetch(mayLack(), progress);
  }

  private boolean mayLack() {
    return loop.orders().goal() instanceof Goal.Load load
        && spec().filter(spec -> pulls.concerns(spec, model(load))).isPresent();
  }

  private Optional<SlotSpec> spec() {
    // What would be started, also where the file has just gone.
    return loop.defined().file().spec().or(() -> loop.defined().spec());
  }

  private static Optional<String> model(Goal.Load load) {
    return Optional.of(load.modelId()).filter(id -> !id.isEmpty());
  }

  /** Adds the steps that are under way. */
  void addTo(Set<Step> running) {
    if (surveying) {
      running.add(Step.SURVEY);
    }
    if (pull.isPresent()) {
      running.add(Step.PULL);
    }
  }

  /** Looks what is missing, unless that is under way. */
  void survey() {
    if (surveying || spec().isEmpty() || !(loop.orders().goal() instanceof Goal.Load load)) {
      return;
    }
    surveying = true;
    pulls
        .survey(spec().get(), model(load))
        .whenComplete(
            (wants, failure) -> loop.post(() -> surveyed(load.modelId(), wants, failure)));
  }

  private void surveyed(String modelId, List<Want> wants, Throwable failure) {
    surveying = false;
    if (failure != null) {
      LOG.log(System.Logger.Level.WARNING, loop.name() + ": what it lacks is not known", failure);
    }
    boolean wanted =
        loop.orders().goal() instanceof Goal.Load load
            && load.modelId().equals(modelId)
            && load.supply() instanceof Supply.Unknown;
    if (wanted) {
      Goal.Load load = (Goal.Load) loop.orders().goal();
      List<Want> fetched = ((Supply.Unknown) load.supply()).fetched();
      loop.orders().advance(load.with(supply(wants == null ? List.of() : wants, fetched)));
    }
    loop.round();
  }

  private static Supply supply(List<Want> wants, List<Want> fetched) {
    if (wants.isEmpty()) {
      return new Supply.There();
    }
    // Otherwise it would be fetched again and again.
    return wants.stream()
        .filter(fetched::contains)
        .findFirst()
        .<Supply>map(
            want ->
                new Supply.Failed(
                    want.name() + " was fetched, and yet is not there",
                    Map.of(want.what(), want.name(), "from", want.from())))
        .orElse(new Supply.Missing(wants));
  }

  /** Fetches what is missing, unless that is under way. */
  void pull() {
    if (pull.isPresent()
        || !(loop.orders().goal() instanceof Goal.Load load)
        || !(load.supply() instanceof Supply.Missing missing)) {
      return;
    }
    int mine = ++number;
    progress = Optional.of(Progress.begun(missing.wants().getFirst()));
    Pulls.Pull begun = pulls.begin(missing.wants(), news -> loop.post(() -> heard(mine, news)));
    pull = Optional.of(begun);
    begun
        .done()
        .whenComplete((done, failure) -> loop.post(() -> ended(mine, missing.wants(), failure)));
  }

  private void heard(int of, Progress news) {
    if (of == number && pull.isPresent()) {
      progress = Optional.of(news);
      loop.timing().limit(Pulls.LONGEST_SILENCE);
      loop.round();
    }
  }

  private void ended(int of, List<Want> wants, Throwable failure) {
    if (of != number || pull.isEmpty()) {
      return;
    }
    pull = Optional.empty();
    if (loop.orders().goal() instanceof Goal.Load load) {
      loop.orders()
          .advance(load.with(failure == null ? new Supply.Unknown(wants) : failed(failure)));
    }
    loop.round();
    progress = pull.isPresent() ? progress : Optional.empty();
  }

  private static Supply failed(Throwable failure) {
    Throwable cause = StepRunner.cause(failure);
    return cause instanceof PullException known
        ? new Supply.Failed(known.getMessage(), known.details())
        : new Supply.Failed("the pull ended with " + cause, Map.of());
  }

  /** The slot has gone from one state to another. */
  void entered(SlotState from, SlotState to) {
    if (from != SlotState.PULLING) {
      return;
    }
    giveUp();
    if (to == SlotState.OFFLINE && loop.orders().goal() instanceof Goal.Unload) {
      // Somebody may have started the unit meanwhile.
      loop.timing().limit(Timing.UNLOAD_LIMIT);
    }
  }

  /** What should have followed could not be saved, and nobody waits for it any more. */
  void unsaved(SlotState still) {
    if (still == SlotState.PULLING) {
      loop.post(loop::round);
    }
  }

  /** The pull is not wanted any more; what has come stays. */
  void giveUp() {
    number++;
    progress = Optional.empty();
    Optional<Pulls.Pull> given = pull;
    pull = Optional.empty();
    given.ifPresent(Pulls.Pull::cancel);
  }
}
