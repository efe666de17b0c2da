package hal0.tests.sim;

import hal0.slots.probe.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * A running upstream: what it answers depends on its program, on time, and on what was done to it
 * since.
 */
public final class FakeProcess {
  /** What is wrong with it, beside its program. */
  public enum Mood {
    /** As its program says. */
    WELL,
    /** It takes connections and answers nothing. */
    HUNG,
    /** It answers 500. */
    SICK,
    /** It answers what nobody understands. */
    GARBLED,
    /** It has lost its model. */
    EMPTY,
    /** It answers now one thing and now another. */
    FICKLE,
    /** It names a model that it was not given. */
    LYING
  }

  /**
   * What it answers at one moment.
   *
   * @param hangs whether nothing comes until the caller gives up
   */
  record Answer(Verdict verdict, String detail, List<String> models, boolean hangs) {}

  private final int pid;
  private final String invocation;
  private final Program program;
  private final Optional<Definition> definition;
  private final long startedAt;
  private Mood mood = Mood.WELL;
  private int asked;

  FakeProcess(
      int pid,
      String invocation,
      Program program,
      Optional<Definition> definition,
      long startedAt) {
    this.pid = pid;
    this.invocation = invocation;
    this.program = program;
    this.definition = definition;
    this.startedAt = startedAt;
  }

  /** Above 0. */
  public int pid() {
    return pid;
  }

  /** The invocation of its unit that it belongs to. */
  public String invocation() {
    return invocation;
  }

  /** What it was going to do. */
  public Program program() {
    return program;
  }

  /** What the unit said when it was started. */
  public Optional<Definition> definition() {
    return definition;
  }

  /** What is wrong with it. */
  public Mood mood() {
    return mood;
  }

  /** Makes something wrong with it, or well again. */
  public void feels(Mood other) {
    mood = other;
  }

  /** When it was started, by the clock's nanoseconds. */
  public long startedAt() {
    return startedAt;
  }

  /** When its load ends, by the clock's nanoseconds. */
  long loadedAt() {
    return startedAt + program.listen().plus(program.load()).toNanos();
  }

  /** What it would answer if nothing were wrong with it. */
  Answer honest(long now, boolean loadExpected) {
    if (now < startedAt + program.listen().toNanos()) {
      return new Answer(Verdict.UNREACHABLE, "connection refused", List.of(), false);
    }
    boolean loading = now < loadedAt() || program.loading() == Program.Loading.NEVER_ENDS;
    if (loading) {
      return loadExpected
          ? new Answer(Verdict.LOADING, "503 on /health: loading model", List.of(), false)
          : new Answer(Verdict.UNHEALTHY, "503 on /health: loading model", List.of(), false);
    }
    Optional<String> model = definition.flatMap(Definition::model).filter(id -> !id.isEmpty());
    boolean needsModel = definition.map(d -> d.spec().provider().needsModel()).orElse(true);
    if (program.loading() == Program.Loading.STAYS_EMPTY
        || mood == Mood.EMPTY
        || (model.isEmpty() && needsModel)) {
      return new Answer(Verdict.NO_MODEL, "no model is loaded", List.of(), false);
    }
    return new Answer(Verdict.SERVING, "serves", model.map(List::of).orElse(List.of()), false);
  }

  /** What it answers. */
  Answer answer(long now, boolean loadExpected) {
    asked++;
    Answer honest = honest(now, loadExpected);
    if (honest.verdict() == Verdict.UNREACHABLE) {
      return honest;
    }
    return switch (mood) {
      case WELL, EMPTY -> honest;
      case HUNG -> new Answer(Verdict.UNREACHABLE, "no answer in time", List.of(), true);
      case SICK -> new Answer(Verdict.UNHEALTHY, "500 on /health", List.of(), false);
      case GARBLED ->
          new Answer(
              Verdict.NOT_UNDERSTOOD, "200 with something that is no JSON", List.of(), false);
      case FICKLE ->
          asked % 2 == 0
              ? honest
              : new Answer(Verdict.UNHEALTHY, "500 on /health", List.of(), false);
      case LYING ->
          honest.verdict() == Verdict.SERVING
              ? new Answer(Verdict.SERVING, "serves", List.of("another-model"), false)
              : honest;
    };
  }
}
