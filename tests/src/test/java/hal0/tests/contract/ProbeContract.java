package hal0.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.spec.SlotSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every {@link Probe} does, asked of a llama-server that is told to serve {@code tiny}. */
public abstract class ProbeContract {
  /** How an upstream is. */
  protected enum Condition {
    ABSENT,
    LOADING,
    SERVING,
    EMPTY,
    SICK,
    RUBBISH,
    HUNG
  }

  /** The probe under test. */
  protected abstract Probe probe();

  /** An upstream in this condition, another for each call; its slot. */
  protected abstract SlotSpec upstream(Condition condition) throws Exception;

  /** Waits for a result, in whatever time it is that passes for the probe. */
  protected abstract ProbeResult await(CompletableFuture<ProbeResult> asked) throws Exception;

  @Test
  void whatAnAnswerMeansDuringALoad() throws Exception {
    assertThat(ask(Condition.ABSENT, true)).isEqualTo(Verdict.UNREACHABLE);
    assertThat(ask(Condition.LOADING, true)).isEqualTo(Verdict.LOADING);
    assertThat(ask(Condition.SERVING, true)).isEqualTo(Verdict.SERVING);
    assertThat(ask(Condition.EMPTY, true)).isEqualTo(Verdict.NO_MODEL);
    assertThat(ask(Condition.SICK, true)).isEqualTo(Verdict.UNHEALTHY);
    assertThat(ask(Condition.RUBBISH, true)).isEqualTo(Verdict.NOT_UNDERSTOOD);
  }

  @Test
  void whatAnAnswerMeansLater() throws Exception {
    assertThat(ask(Condition.ABSENT, false)).isEqualTo(Verdict.UNREACHABLE);
    assertThat(ask(Condition.LOADING, false)).isEqualTo(Verdict.UNHEALTHY);
    assertThat(ask(Condition.SERVING, false)).isEqualTo(Verdict.SERVING);
    assertThat(ask(Condition.EMPTY, false)).isEqualTo(Verdict.NO_MODEL);
    assertThat(ask(Condition.SICK, false)).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void onlyTheServedModelsAreNamed() throws Exception {
    assertThat(await(probe().probe(request(upstream(Condition.SERVING), false))).models())
        .isEqualTo(List.of("tiny"));
    assertThat(await(probe().probe(request(upstream(Condition.EMPTY), false))).models()).isEmpty();
  }

  @Test
  void aHungServerIsUnreachableAndDelaysNobody() throws Exception {
    SlotSpec hung = upstream(Condition.HUNG);
    SlotSpec well = upstream(Condition.SERVING);
    CompletableFuture<ProbeResult> waits = probe().probe(request(hung, false));
    ProbeResult quick = await(probe().probe(request(well, false)));
    assertThat(quick.verdict()).isEqualTo(Verdict.SERVING);
    ProbeResult slow = await(waits);
    assertThat(slow.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(slow.took()).isGreaterThanOrEqualTo(hung.probe().timeout());
  }

  @Test
  void aCancelledProbeIsOver() throws Exception {
    CompletableFuture<ProbeResult> waits = probe().probe(request(upstream(Condition.HUNG), false));
    waits.cancel(true);
    assertThat(waits.isDone()).isTrue();
    if (!waits.isCompletedExceptionally()) {
      assertThat(waits.join().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }
  }

  private Verdict ask(Condition condition, boolean loading) throws Exception {
    SlotSpec spec = upstream(condition);
    ProbeResult result = await(probe().probe(request(spec, loading)));
    assertThat(result.detail())
        .as("%s", condition)
        .isNotBlank()
        .hasSizeLessThanOrEqualTo(200)
        .hasLineCount(1);
    assertThat(result.took()).isBetween(java.time.Duration.ZERO, java.time.Duration.ofMinutes(10));
    return result.verdict();
  }

  private static Probe.Request request(SlotSpec spec, boolean loading) {
    return new Probe.Request(spec, loading, "tiny", "", loading);
  }
}
