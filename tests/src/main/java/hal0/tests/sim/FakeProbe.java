package hal0.tests.sim;

import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.systemd.UnitName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Asks the fake systemd's processes instead of a port: one life's view of all {@link FakePorts}.
 */
public final class FakeProbe implements Probe {
  private static final int ALIVE_NANOS = 3_000_000;
  private static final int LOADING_NANOS = 400_000_000;

  private final SimClockwork clock;
  private final FakeSystemd systemd;
  private final FakePorts ports;
  private final Life life;
  private final Random random;
  private final Map<String, Told> told = new TreeMap<>();
  private Consumer<String> asked = slot -> {};

  /**
   * What the daemon was last told of a slot's upstream, if anything, when, and which invocation had
   * answered.
   */
  public record Told(ProbeResult result, long at, String invocation) {}

  /** A daemon's own probe. */
  public FakeProbe(SimClockwork clock, FakeSystemd systemd, FakePorts ports, Life life, long seed) {
    this.clock = clock;
    this.systemd = systemd;
    this.ports = ports;
    this.life = life;
    this.random = new Random(seed * 31 + 6);
  }

  /** Who hears of every question, with the slot's name. */
  void whenAsked(Consumer<String> heard) {
    asked = heard;
  }

  /** What the daemon was last told, by slot. */
  public Map<String, Told> told() {
    return told;
  }

  @Override
  public CompletableFuture<ProbeResult> probe(Request request) {
    String slot = request.spec().name();
    life.at("probe " + slot);
    asked.accept(slot);
    CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
    Duration timeout = request.spec().probe().timeout();
    // A server that loads is busy, and takes its time.
    int most = request.loading() ? LOADING_NANOS : ALIVE_NANOS;
    Duration way = ports.slowness(slot).plus(Duration.ofNanos(200_000 + random.nextInt(most)));
    boolean late = way.compareTo(timeout) >= 0;
    clock.schedule(late ? timeout : way, () -> ask(request, late ? timeout : way, answer));
    return answer;
  }

  private void ask(Request request, Duration way, CompletableFuture<ProbeResult> answer) {
    FakeProcess.Answer said = said(request);
    Duration timeout = request.spec().probe().timeout();
    boolean late = way.equals(timeout);
    Duration rest = said.hangs() ? timeout.minus(way) : Duration.ZERO;
    ProbeResult result =
        late
            ? new ProbeResult(Verdict.UNREACHABLE, "no answer in time", List.of(), timeout)
            : new ProbeResult(said.verdict(), said.detail(), said.models(), way.plus(rest));
    String slot = request.spec().name();
    String invocation = systemd.status(UnitName.ofSlot(slot)).invocationId();
    life.schedule(
        rest,
        () -> {
          if (!answer.isDone()) {
            if (result.verdict() != Verdict.INCONCLUSIVE) {
              told.put(slot, new Told(result, clock.nanos(), invocation));
            }
            answer.complete(result);
          }
        });
  }

  private FakeProcess.Answer said(Request request) {
    String slot = request.spec().name();
    if (ports.takeInconclusive(slot)) {
      return new FakeProcess.Answer(
          Verdict.INCONCLUSIVE, "no file descriptor for it", List.of(), false);
    }
    if (ports.isForeign(slot)) {
      return request.controlGroup().isEmpty()
          ? new FakeProcess.Answer(
              Verdict.SERVING, "serves", List.of("somebody-elses-model"), false)
          : new FakeProcess.Answer(
              Verdict.FOREIGN_LISTENER, "pid 7 (python3) holds the port", List.of(), false);
    }
    return systemd
        .process(UnitName.ofSlot(slot))
        .map(process -> process.answer(clock.nanos(), request.loading()))
        .orElse(
            new FakeProcess.Answer(Verdict.UNREACHABLE, "connection refused", List.of(), false));
  }
}
