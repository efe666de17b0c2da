package hal0.app.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import hal0.app.supervise.Vitals.Told;
import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What systemd is told of a server, and what a supervisor is told of it. */
class VitalsTest {
  private static final Told MORE = new Told.More(Vitals.MORE);
  private static final Told ALIVE = new Told.Alive();
  private static final Told READY = new Told.Ready();
  private static final String LLAMA =
      "--slot chat --provider llama-server --port 8101 --interval 10000 --timeout 5000"
          + " --stabilise 3000 --health-path /health --models-path /v1/models ";

  private static Settings settings(String line) {
    return Settings.of(words(line));
  }

  private static List<RawText> words(String line) {
    return Stream.of(line.split(" ", -1))
        .map(word -> new RawText(word.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  private static ProbeResult found(Verdict verdict, String detail, String... models) {
    return new ProbeResult(verdict, detail, List.of(models), Duration.ofMillis(1));
  }

  private static long at(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void aLoadAsksForMoreTimeUntilTheModelIsServed() {
    Vitals vitals = new Vitals(settings(LLAMA + "--model m -- x"), 0);
    vitals.probed(found(Verdict.UNREACHABLE, "refused"), at(1));
    assertThat(vitals.due()).containsExactly(new Told.Status("loading: refused"), MORE);
    vitals.probed(found(Verdict.LOADING, "503"), at(500));
    assertThat(vitals.due()).containsExactly(new Told.Status("loading: 503"), MORE);
    vitals.probed(found(Verdict.NO_MODEL, "none yet"), at(501));
    vitals.probed(found(Verdict.NO_MODEL, "none yet"), at(600));
    assertThat(vitals.due()).doesNotContain(READY);
    vitals.probed(found(Verdict.SERVING, "well", "m"), at(601));
    assertThat(vitals.due()).containsExactly(new Told.Status("serving m"), READY);
    vitals.probed(found(Verdict.UNREACHABLE, "no answer"), at(602));
    vitals.probed(found(Verdict.SERVING, "well", "m"), at(603));
    assertThat(vitals.due())
        .as("later only what changes")
        .containsExactly(new Told.Status("no answer"), ALIVE, new Told.Status("serving m"));
  }

  @Test
  void withoutAModelReadyIsWhatWasAskedFor() {
    Vitals router = new Vitals(settings(LLAMA + "-- x"), 0);
    router.probed(found(Verdict.NO_MODEL, "none"), at(1));
    router.probed(found(Verdict.NO_MODEL, "none"), at(3));
    assertThat(router.due()).doesNotContain(READY);
    router.probed(found(Verdict.NO_MODEL, "none"), at(4));
    assertThat(router.due()).contains(READY);

    Vitals unnamed = new Vitals(settings(LLAMA + "-- x"), 0);
    unnamed.probed(found(Verdict.SERVING, "200 on /health"), at(1));
    assertThat(unnamed.due()).as("which model?").doesNotContain(READY);

    Vitals speech = new Vitals(settings(LLAMA.replace("llama-server", "kokoro") + "-- x"), 0);
    speech.probed(found(Verdict.NO_MODEL, "not loaded"), at(1));
    speech.probed(found(Verdict.NO_MODEL, "not loaded"), at(99));
    assertThat(speech.due()).doesNotContain(READY);
    speech.probed(found(Verdict.SERVING, "loaded"), at(100));
    assertThat(speech.due()).contains(READY);
  }

  @Test
  void onlyAnswersAndBytesAreSignsOfLife() {
    Vitals vitals = new Vitals(settings(LLAMA + "--model m --watchdog 8000 -- x"), 0);
    vitals.probed(found(Verdict.SERVING, "well"), at(1));
    assertThat(vitals.wantsLook(at(1))).as("the answer was enough").isFalse();
    assertThat(vitals.wantsProbe(at(2))).as("an eighth of the time later").isTrue();
    vitals.due();
    vitals.probed(found(Verdict.UNREACHABLE, "hangs"), at(4));
    assertThat(vitals.wantsLook(at(4))).isTrue();
    vitals.looked(false, at(4));
    assertThat(vitals.wantsLook(at(4))).isFalse();
    assertThat(vitals.due()).containsExactly(new Told.Status("hangs"));
    assertThat(vitals.worries(at(4))).isFalse();
    assertThat(vitals.worries(at(5))).isTrue();
    assertThat(vitals.worries(at(6))).as("said once").isFalse();
    vitals.looked(true, at(6));
    assertThat(vitals.due()).containsExactly(ALIVE);
    vitals.probed(found(Verdict.INCONCLUSIVE, "no thread"), at(7));
    assertThat(vitals.due()).as("not the server's fault").containsExactly(ALIVE);
    assertThat(vitals.worries(at(11))).isTrue();
  }

  @Test
  void aLoadThatHangsGetsNoMoreTimeWhereAWatchdogIsWanted() {
    Vitals vitals = new Vitals(settings(LLAMA + "--model m --watchdog 8000 -- x"), 0);
    vitals.probed(found(Verdict.UNREACHABLE, "hangs"), at(7));
    assertThat(vitals.due()).contains(MORE);
    vitals.probed(found(Verdict.UNREACHABLE, "hangs"), at(8));
    assertThat(vitals.due()).doesNotContain(MORE);
    vitals.looked(true, at(9));
    vitals.probed(found(Verdict.UNREACHABLE, "hangs"), at(10));
    assertThat(vitals.due()).contains(MORE);
  }

  @Test
  void aCommandLineThatMakesNoSenseIsRefused() {
    assertThat(settings(LLAMA + "-- x -- --slot").command()).hasSize(3);
    for (String wrong :
        List.of(
            "",
            LLAMA,
            LLAMA + "--",
            LLAMA + "--model",
            LLAMA + "--nope 1 -- x",
            LLAMA + "--watchdog -1 -- x",
            LLAMA + "--port 70000 -- x",
            LLAMA + "--provider worker -- x",
            LLAMA + "--interval 0 -- x")) {
      List<RawText> words = words(wrong.strip());
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> Settings.of(words));
    }
  }

  @Test
  void theCgroupIsTheOneThatSystemdMeans() {
    assertThat(Supervisor.group("0::/a.slice/b.service\n")).isEqualTo("/a.slice/b.service");
    assertThat(Supervisor.group("4:memory:/x\n1:name=systemd:/a:b\n0::/\n")).isEqualTo("/a:b");
    assertThat(Supervisor.group("4:memory:/x\n")).isEmpty();
  }
}
