package hal0.systemd.dbus;

import hal0.systemd.JobResult;
import hal0.systemd.Scope;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import hal0.systemd.UnitWatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A real systemd, spoken to over D-Bus. Connects by itself, at once and for ever again: while the
 * bus is away every call fails with {@link SystemdException.BusDown}. No answer takes longer than
 * ten seconds, the end of a job apart. Safe for use by many threads; its own are virtual or
 * daemons.
 */
public final class DbusSystemd implements UnitControl, UnitWatch, AutoCloseable {
  private static final int SIGKILL = 9;

  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final Voice voice = new Voice();
  private final BusKeeper keeper;
  private final ReloadGate reloads = new ReloadGate(this::reloadNow);

  private DbusSystemd(String address, BusKeeper.Limits limits) {
    QuietBus.hush();
    keeper = new BusKeeper(address, voice, tasks, limits);
  }

  /**
   * Begins to connect to a scope's bus and returns at once.
   *
   * @param environment where the bus's address is looked up, see {@link Scope#busAddress}
   */
  public static DbusSystemd open(Scope scope, Map<String, String> environment) {
    return open(scope.busAddress(environment));
  }

  /** Begins to connect to the bus of that address ({@code unix:path=…}) and returns at once. */
  public static DbusSystemd open(String address) {
    return open(address, BusKeeper.Limits.USUAL);
  }

  static DbusSystemd open(String address, BusKeeper.Limits limits) {
    DbusSystemd systemd = new DbusSystemd(address, limits);
    systemd.keeper.start();
    return systemd;
  }

  @Override
  public void listen(Listener listener) {
    voice.listener(listener);
    tasks.execute(voice::greet);
  }

  @Override
  public boolean isConnected() {
    return keeper.session().isPresent();
  }

  @Override
  public CompletableFuture<JobResult> start(UnitName unit, Duration deadline) {
    return job("StartUnit", "start", unit, deadline);
  }

  @Override
  public CompletableFuture<JobResult> stop(UnitName unit, Duration deadline) {
    return job("StopUnit", "stop", unit, deadline);
  }

  private CompletableFuture<JobResult> job(
      String member, String verb, UnitName unit, Duration deadline) {
    String what = verb + " " + unit;
    return asked(
        what,
        session ->
            queued(session, member, verb, unit)
                .thenCompose(job -> session.jobs().follow(job))
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(
                    thrown -> CompletableFuture.failedFuture(late(what, deadline, thrown))));
  }

  private static CompletableFuture<Integer> queued(
      BusSession session, String member, String verb, UnitName unit) {
    JobLedger jobs = session.jobs();
    jobs.asks(unit, verb);
    return session
        .manager(member, "ss", unit.value(), "replace")
        .thenApply(answer -> jobNumber(answer[0]))
        .whenComplete(
            (job, thrown) ->
                jobs.answered(unit, verb, job == null ? OptionalInt.empty() : OptionalInt.of(job)));
  }

  private static Throwable late(String what, Duration deadline, Throwable thrown) {
    Throwable cause = BusErrors.unwrapped(thrown);
    return cause instanceof TimeoutException
        ? new SystemdException.JobLate(
            what + ": the job has not ended within " + deadline.toMillis() + " ms")
        : cause;
  }

  private static int jobNumber(Object path) {
    String text = String.valueOf(path);
    return Integer.parseUnsignedInt(text.substring(text.lastIndexOf('/') + 1));
  }

  @Override
  public CompletableFuture<Void> resetFailed(UnitName unit) {
    return asked(
        "reset-failed " + unit,
        session -> none(pardoned(session.manager("ResetFailedUnit", "s", unit.value()))));
  }

  @Override
  public CompletableFuture<Void> kill(UnitName unit) {
    return asked(
        "kill " + unit,
        session ->
            none(pardoned(session.manager("KillUnit", "ssi", unit.value(), "all", SIGKILL))));
  }

  /** A unit that is not loaded has nothing to take back and nothing to kill. */
  private static CompletableFuture<Object[]> pardoned(CompletableFuture<Object[]> answer) {
    return answer.exceptionallyCompose(
        thrown ->
            BusErrors.isNothingThere(thrown)
                ? CompletableFuture.completedFuture(new Object[0])
                : CompletableFuture.failedFuture(thrown));
  }

  @Override
  public CompletableFuture<Void> reload() {
    return reloads.pass();
  }

  private CompletableFuture<Void> reloadNow() {
    return asked("daemon-reload", session -> none(session.manager("Reload", null)));
  }

  @Override
  public CompletableFuture<UnitStatus> status(UnitName unit) {
    return asked(
        "status of " + unit,
        session ->
            // An empty interface means all of them: one answer, so all of it is of one moment.
            session
                .object(UnitPath.of(unit.value()), BusSession.PROPERTIES, "GetAll", "s", "")
                .thenCompose(
                    answer -> withJob(session, unit, new StatusReader((Map<?, ?>) answer[0]))));
  }

  private static CompletableFuture<UnitStatus> withJob(
      BusSession session, UnitName unit, StatusReader reader) {
    if (reader.jobId() == 0) {
      return CompletableFuture.completedFuture(reader.read(unit, ""));
    }
    return BusSignals.jobType(session, reader.jobPath())
        .exceptionally(ended -> "")
        .thenApply(type -> reader.read(unit, type));
  }

  @Override
  public CompletableFuture<List<UnitName>> list() {
    return asked(
        "list of units",
        session ->
            session
                .manager("ListUnitsByPatterns", "asas", List.of(), List.of(UnitName.SLOT_PATTERN))
                .thenApply(
                    answer ->
                        ((List<?>) answer[0])
                            .stream().map(DbusSystemd::firstOf).sorted().toList()));
  }

  private static UnitName firstOf(Object row) {
    return new UnitName((String) ((Object[]) row)[0]);
  }

  @Override
  public CompletableFuture<Void> enable(UnitName unit) {
    return asked(
        "enable " + unit,
        session ->
            session
                .manager("EnableUnitFiles", "asbb", List.of(unit.value()), false, false)
                .thenCompose(
                    answer ->
                        (Boolean) answer[0] ? reloadedAfter(answer[1]) : notInstallable(unit)));
  }

  @Override
  public CompletableFuture<Void> disable(UnitName unit) {
    return asked(
        "disable " + unit,
        session ->
            session
                .manager("DisableUnitFiles", "asb", List.of(unit.value()), false)
                .thenCompose(answer -> reloadedAfter(answer[0])));
  }

  private static CompletableFuture<Void> notInstallable(UnitName unit) {
    return CompletableFuture.failedFuture(
        new SystemdException.Refused(
            unit + " cannot be enabled: its unit file has no [Install] section", null));
  }

  /** systemd sees new links only after a reload. */
  private CompletableFuture<Void> reloadedAfter(Object changes) {
    return ((List<?>) changes).isEmpty() ? CompletableFuture.completedFuture(null) : reload();
  }

  @Override
  public CompletableFuture<Void> ping(Duration deadline) {
    return asked(
        "ping",
        session -> none(session.ping()).orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * Ends the connection for good; what is under way fails. The listener is told nothing afterwards.
   */
  @Override
  public void close() {
    keeper.close();
  }

  private static CompletableFuture<Void> none(CompletableFuture<Object[]> answer) {
    return answer.thenAccept(ignored -> {});
  }

  /**
   * Asks over the connection there is; the future given out ends with a plain {@link
   * SystemdException}.
   */
  private <T> CompletableFuture<T> asked(
      String what, Function<BusSession, CompletableFuture<T>> question) {
    BusSession session = keeper.session().orElse(null);
    if (session == null) {
      return CompletableFuture.failedFuture(keeper.absence());
    }
    CompletableFuture<T> given = new CompletableFuture<>();
    question
        .apply(session)
        .whenComplete(
            (value, thrown) -> {
              if (thrown == null) {
                given.complete(value);
              } else {
                given.completeExceptionally(BusErrors.of(what, thrown));
              }
            });
    return given;
  }
}
